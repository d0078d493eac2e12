// Made from docs/openapi.json by `npm run sdk:types`. Not to be edited.

export interface paths {
    "/api/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token
         * @description OAuth 2 client_credentials. The client authenticates by HTTP Basic, or by `client_id` and `client_secret` in the body. Too many wrong secrets return 429 with `Retry-After`. The right secret is always accepted.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/messages/send": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send messages
         * @description Safe to repeat: the same Idempotency-Key with the same payload returns the stored response, byte for byte, with `Idempotent-Replayed: true`. A different payload returns 409. Keys are stored for 7 days, unless the operator set another period. A rejected request (4xx, 5xx) stores nothing, and its key stays free. Needs the capability `messages:send`, also for a repeat.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the API client of the token */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the numbers of this API client
         * @description Needs the capability `numbers:read`.
         */
        get: operations["listNumbers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/numbers/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search the inventory of available numbers
         * @description Needs at least one filter. A number must match all given filters, ignoring case. Needs the capability `numbers:search`.
         */
        post: operations["searchNumbers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/numbers/{numberId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a number's settings
         * @description Omitted fields stay unchanged. null removes a value. Needs the capability `numbers:update`.
         */
        patch: operations["updateNumber"];
        trace?: never;
    };
    "/api/core/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages, newest first
         * @description A message must match all given filters. A page may have fewer messages than `limit`, or none, before the end. Continue until `nextCursor` is null. New messages do not move earlier ones to another page. Needs the capability `messages:read`.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/messages/{messageId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a message with its segments, events and deliveries
         * @description Needs the capability `messages:read`.
         */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events in order
         * @description Events as in their webhooks, delivered or not, for polling instead of webhooks or for catching up. Store `nextCursor` together with your results, and send it as `after` in the next request. No event is skipped or returned twice, even while events are added. A page with fewer items than `limit` is the current end. Without `after` and `since`, the list starts at the oldest stored event. Needs the capability `events:read`.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the webhook URLs and their state
         * @description URLs of single numbers are returned with the numbers. Needs the capability `webhooks:read`.
         */
        get: operations["getWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Set the webhook URLs
         * @description Omitted fields stay unchanged. null removes a URL. Setting the URL of a disabled endpoint enables the endpoint. A URL with characters beyond ASCII is stored in its normal form, with the host in punycode. Needs the capability `webhooks:update`.
         */
        patch: operations["updateWebhooks"];
        trace?: never;
    };
    "/api/core/webhooks/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a disabled endpoint
         * @description Accepts any spelling of the URL. Events of the meantime are stored, and are sent by a replay. Needs the capability `webhooks:update`.
         */
        post: operations["enableWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event and return the response
         * @description One signed POST of type `webhook.test`, also to a disabled endpoint. The test is not repeated and changes no state. Two may run at once, and ten may begin in a minute. Needs the capability `webhooks:update`.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the webhook secret
         * @description Both secrets sign until `oldSecretValidUntil`. `webhook-signature` then has both signatures, and `X-RedCloud-Signature` uses the old secret. Returns 409 during an overlap, unless `overlapSeconds` is 0. Needs the capability `webhooks:update`.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events with their delivery attempts, latest first
         * @description With `state`, a page may have fewer items than `limit`, or none, before the end. Continue until `nextCursor` is null. Needs the capability `webhooks:read`.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/deliveries/{eventId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay one event
         * @description Also for a delivered event. An event that waits for its next attempt is sent now. The event gets the whole schedule of attempts again. Needs the capability `webhooks:update`.
         */
        post: operations["replayEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the latest replays
         * @description Needs the capability `webhooks:read`.
         */
        get: operations["listReplays"];
        put?: never;
        /**
         * Replay the undelivered events since a given time
         * @description MISSING (the default): each event that was never delivered and is not queued, also if its endpoint was disabled or no URL was set. FAILED: only events whose attempts all failed. Each event gets the whole schedule of attempts again. A replay continues by itself, also after a restart, and can be followed and cancelled. Five may run at once, and 20 may begin in a minute. Needs the capability `webhooks:update`.
         */
        post: operations["createReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/webhooks/replays/{replayId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the progress of a replay
         * @description Needs the capability `webhooks:read`.
         */
        get: operations["getReplay"];
        put?: never;
        post?: never;
        /**
         * Cancel a replay
         * @description Events that are already queued are still sent. Needs the capability `webhooks:update`.
         */
        delete: operations["cancelReplay"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/opt-outs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List opt-outs
         * @description Current opt-outs, by number and recipient. Needs the capability `optouts:read`.
         */
        get: operations["listOptOuts"];
        put?: never;
        /**
         * Record an opt-out
         * @description For an opt-out that you received by other means than a text message. Safe to repeat: an existing opt-out stays unchanged and is returned with 200. No reply is sent. Needs the capability `optouts:update`.
         */
        post: operations["addOptOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/opt-outs/{numberId}/{recipient}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove an opt-out
         * @description Remove an opt-out only with consent that you can prove. The opt-out stays in the history. Needs the capability `optouts:update`.
         */
        delete: operations["removeOptOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/opt-outs/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the history of opt-outs and opt-ins
         * @description Oldest first. Needs the capability `optouts:read`.
         */
        get: operations["listOptOutChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/core/auto-replies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the automatic replies to keywords
         * @description Needs the capability `optouts:read`.
         */
        get: operations["getAutoReplies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the automatic replies to keywords
         * @description Omitted fields stay unchanged. Needs the capability `optouts:update`.
         */
        patch: operations["updateAutoReplies"];
        trace?: never;
    };
}
export interface webhooks {
    "message.queued": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A message was accepted
         * @description Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An event may arrive twice. Detect duplicates by `eventId`.
         */
        post: operations["on.queued"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.sent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A carrier accepted the message
         * @description Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An event may arrive twice. Detect duplicates by `eventId`.
         */
        post: operations["on.sent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The message reached the handset
         * @description Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An event may arrive twice. Detect duplicates by `eventId`.
         */
        post: operations["on.delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The message will not be delivered
         * @description Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An event may arrive twice. Detect duplicates by `eventId`.
         */
        post: operations["on.failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.inbound": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A handset sent a message to one of your numbers
         * @description Respond with any 2xx within 10 seconds. Otherwise the attempt is repeated after 1, 5, 15 and 60 minutes. An event may arrive twice. Detect duplicates by `eventId`.
         */
        post: operations["on.inbound"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        AdminNumber: {
            numberId: string;
            e164: string;
            apiClientId: string | null;
            /** @enum {unknown} */
            status: "ACTIVE" | "INACTIVE";
            campaignRegId: string | null;
            smsEnabled: boolean;
            mmsEnabled: boolean;
            webhookInboundOverride: string | null;
            webhookDeliveryOverride: string | null;
        };
        ApiClient: {
            id: string;
            accountId: string;
            name: string;
            /** @enum {unknown} */
            status: "ACTIVE" | "SUSPENDED";
            capabilities: string[];
            deliveryWebhookUrl: string | null;
            inboundWebhookUrl: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
        };
        AutoReplies: {
            /** @description Your own text. null: the default text. false: no reply. */
            optOut: string | false | null;
            /** @description Your own text. null: the default text. false: no reply. */
            optIn: string | false | null;
            /** @description Your own text. null: the default text. false: no reply. */
            help: string | false | null;
            defaults: {
                optOut: string;
                optIn: string;
                help: string;
            };
        };
        ClientSecret: {
            id: string;
            /** @description Last four characters of the secret */
            hint: string;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
        };
        DeliveredEvent: {
            eventId: string;
            /** @enum {unknown} */
            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
            messageId: string;
            sequence: number;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            occurredAt: string;
            /**
             * @description FAILED: all attempts failed. UNSENT: no URL was set, or the endpoint was disabled. A replay sends such an event.
             * @enum {unknown}
             */
            state: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
            nextAttemptAt: string | null;
            attempts: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T12:00:00.000Z
                 */
                at: string;
                url: string;
                /** @enum {unknown} */
                outcome: "DELIVERED" | "RETRY" | "GIVEN_UP";
                statusCode: number | null;
                error: string | null;
                durationMs: number;
                responseStart: string | null;
            }[];
        };
        Delivery: {
            /**
             * @description FAILED: all attempts failed. UNSENT: no URL was set, or the endpoint was disabled. A replay sends such an event.
             * @enum {unknown}
             */
            state: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
            nextAttemptAt: string | null;
            attempts: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T12:00:00.000Z
                 */
                at: string;
                url: string;
                /** @enum {unknown} */
                outcome: "DELIVERED" | "RETRY" | "GIVEN_UP";
                statusCode: number | null;
                error: string | null;
                durationMs: number;
                responseStart: string | null;
            }[];
        };
        Endpoint: {
            url: string;
            succeededAt: string | null;
            failingSince: string | null;
            /** @description Failures since `failingSince`, without a success */
            failures: number;
            disabledAt: string | null;
            disabledBecause: string | null;
        };
        /** @description The request was rejected and changed nothing. */
        Error: {
            error: {
                /** @description See docs/errors.md */
                code: string;
                message: string;
                details: {
                    [key: string]: unknown;
                };
            };
            requestId: string;
        };
        Event: {
            /** @description Same for each attempt */
            eventId: string;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            occurredAt: string;
            /** @description Order of the events of a message */
            sequence: number;
            apiClientId: string;
            messageId: string;
            externalReference?: string;
            numberId: string;
            from: string;
            to: string;
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            segments?: number;
            /** @description Carrier message id */
            providerMessageRef?: string;
            /** @enum {unknown} */
            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
            status: string;
            error?: components["schemas"]["Failure"];
            /**
             * @description Kind of an automatic reply. Absent or null for other messages.
             * @enum {unknown}
             */
            purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
            text?: string;
            media?: components["schemas"]["MediaItem"][];
            /**
             * @description Normalised keyword, if the whole text is one (docs/opt-outs.md). Absent or null otherwise.
             * @example STOP
             */
            keyword?: string;
            /**
             * @description Meaning of `keyword`
             * @enum {unknown}
             */
            optOutType?: "STOP" | "START" | "HELP";
        };
        Failure: {
            /** @description See docs/errors.md */
            code: string;
            message: string;
            details: {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "apiClientId": "rc_test_client_123",
         *       "numberId": "num_abc123",
         *       "recipient": "+115550104321",
         *       "origin": "HANDSET",
         *       "createdAt": "2026-11-23T12:00:00.000Z",
         *       "fault": "IMPOSSIBLE",
         *       "corrections": [
         *         "+15550104321"
         *       ],
         *       "action": "REPLACE"
         *     }
         */
        ImpossibleOptOut: {
            apiClientId: string;
            numberId: string;
            recipient: string;
            origin: string;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
            /**
             * @description DOUBTFUL: the length is possible, but only the correction is an assigned number
             * @enum {unknown}
             */
            fault: "IMPOSSIBLE" | "DOUBTFUL";
            corrections: string[];
            /**
             * @description Effect of a repair. REPLACE: opt out the correction, then remove this opt-out. REMOVE: remove this opt-out, since the correction is opted out. ADD: opt out the correction and keep this opt-out. NONE: no change, because there is not exactly one correction, or the correction has opted in since.
             * @enum {unknown}
             */
            action: "REPLACE" | "REMOVE" | "ADD" | "NONE";
        };
        MediaItem: {
            storageKey: string;
            mimeType: string;
            byteLength: number;
            sourceUrl?: string;
            fileName?: string;
        };
        /**
         * @example {
         *       "messageId": "msg_abc123",
         *       "direction": "OUTBOUND",
         *       "status": "DELIVERED",
         *       "numberId": "num_abc123",
         *       "from": "+15551234567",
         *       "to": "+15551234567",
         *       "messageType": "SMS",
         *       "text": "Hello from Red Cloud",
         *       "media": null,
         *       "externalReference": "order_789",
         *       "deliveryGuarantee": "AT_MOST_ONCE",
         *       "purpose": null,
         *       "keyword": null,
         *       "optOutType": null,
         *       "encoding": "GSM7",
         *       "segments": 1,
         *       "providerMessageRef": "sim-abc123",
         *       "error": null,
         *       "createdAt": "2026-11-23T12:00:00.000Z",
         *       "sentAt": "2026-11-23T12:00:00.020Z",
         *       "finishedAt": "2026-11-23T12:00:00.220Z"
         *     }
         */
        Message: {
            messageId: string;
            /** @enum {unknown} */
            direction: "INBOUND" | "OUTBOUND";
            /**
             * @description UNKNOWN: submitted without a response. Not submitted again, unless the sender chose AT_LEAST_ONCE. A receipt may still resolve the status.
             * @enum {unknown}
             */
            status: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
            numberId: string;
            from: string;
            to: string;
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            text: string | null;
            media: components["schemas"]["MediaItem"][] | null;
            externalReference: string | null;
            deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
            purpose: ("OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY") | null;
            keyword: string | null;
            optOutType: ("STOP" | "START" | "HELP") | null;
            encoding: ("GSM7" | "UCS2") | null;
            segments: number | null;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
            sentAt: string | null;
            finishedAt: string | null;
        };
        MessageDetail: {
            messageId: string;
            /** @enum {unknown} */
            direction: "INBOUND" | "OUTBOUND";
            /**
             * @description UNKNOWN: submitted without a response. Not submitted again, unless the sender chose AT_LEAST_ONCE. A receipt may still resolve the status.
             * @enum {unknown}
             */
            status: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
            numberId: string;
            from: string;
            to: string;
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            text: string | null;
            media: components["schemas"]["MediaItem"][] | null;
            externalReference: string | null;
            deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
            purpose: ("OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY") | null;
            keyword: string | null;
            optOutType: ("STOP" | "START" | "HELP") | null;
            encoding: ("GSM7" | "UCS2") | null;
            segments: number | null;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
            sentAt: string | null;
            finishedAt: string | null;
            parts: components["schemas"]["MessagePart"][];
            events: components["schemas"]["MessageEvent"][];
        };
        MessageEvent: {
            eventId: string;
            /** @enum {unknown} */
            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
            sequence: number;
            status: string;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            occurredAt: string;
            delivery: components["schemas"]["Delivery"];
        };
        MessagePart: {
            part: number;
            /** @enum {unknown} */
            state: "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED";
            carrier: string;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            submittedAt: string;
            finishedAt: string | null;
        };
        /** @description RFC 6749 §5.2 */
        OAuthError: {
            error: string;
            error_description: string;
        };
        /**
         * @example {
         *       "numberId": "num_abc123",
         *       "recipient": "+15551230000",
         *       "origin": "HANDSET",
         *       "source": null,
         *       "keyword": "STOP",
         *       "note": null,
         *       "createdAt": "2026-11-23T12:00:00.000Z"
         *     }
         */
        OptOut: {
            numberId: string;
            recipient: string;
            /**
             * @description HANDSET: by a keyword. API: by a request.
             * @enum {unknown}
             */
            origin: "HANDSET" | "API";
            source: string | null;
            keyword: string | null;
            note: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
        };
        /**
         * @example {
         *       "numberId": "num_abc123",
         *       "recipient": "+15551230000",
         *       "change": "OPTED_OUT",
         *       "origin": "HANDSET",
         *       "source": null,
         *       "keyword": "STOP",
         *       "note": null,
         *       "messageId": "msg_abc123",
         *       "changedAt": "2026-11-23T12:00:00.000Z"
         *     }
         */
        OptOutChange: {
            numberId: string;
            recipient: string;
            /** @enum {unknown} */
            change: "OPTED_OUT" | "OPTED_IN";
            /**
             * @description HANDSET: by a keyword. API: by a request.
             * @enum {unknown}
             */
            origin: "HANDSET" | "API";
            source: string | null;
            keyword: string | null;
            note: string | null;
            messageId: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            changedAt: string;
        };
        Overview: {
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            now: string;
            sampleSeconds: number;
            /** @description Samples of this process, oldest first, at most of the last hour. Rates are per second. */
            samples: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T12:00:00.000Z
                 */
                at: string;
                accepted: number;
                /** @description Segments accepted by a carrier */
                sent: number;
                delivered: number;
                failed: number;
                webhooksDelivered: number;
                /** @description Failed attempts */
                webhooksFailed: number;
                queued: {
                    outbound: number;
                    webhooks: number;
                    outcomes: number;
                };
                oldestSeconds: {
                    outbound: number;
                    webhooks: number;
                };
            }[];
            /** @description Counts of the running processes, since the start of each */
            totals: {
                accepted: number;
                /** @description Segments accepted by a carrier */
                sent: number;
                delivered: number;
                failed: number;
                webhooksDelivered: number;
                /** @description Failed attempts */
                webhooksFailed: number;
            };
            failures: {
                code: string;
                count: number;
            }[];
            /** @description Submits of the running processes, since the start of each */
            submits: {
                carrier: string;
                /** @description Segments accepted per second between the last two samples */
                perSecond: number;
                /** @description Segments: `accepted`, `rejected`, `throttled`, `unreachable`, `unknown`, `misconfigured` */
                outcomes: {
                    [key: string]: number;
                };
            }[];
            processes: {
                id: string;
                host: string;
                pid: number;
                version: string;
                roles: string[];
                /**
                 * Format: date-time
                 * @example 2026-11-23T12:00:00.000Z
                 */
                startedAt: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T12:00:00.000Z
                 */
                aliveUntil: string;
            }[];
            carriers: {
                name: string;
                link: number;
                state: string;
                heldBy: string | null;
            }[];
            endpoints: {
                known: number;
                failing: number;
                disabled: number;
            };
        };
        /**
         * @example {
         *       "numberId": "num_abc123",
         *       "e164": "+15551234567",
         *       "status": "ACTIVE",
         *       "campaignRegId": "camp_abc123",
         *       "smsEnabled": true,
         *       "mmsEnabled": true
         *     }
         */
        PhoneNumber: {
            numberId: string;
            e164: string;
            status: "ACTIVE" | "INACTIVE";
            campaignRegId: string | null;
            smsEnabled: boolean;
            mmsEnabled: boolean;
            webhookInboundOverride?: string;
            webhookDeliveryOverride?: string;
        };
        Receipt: {
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            receivedAt: string;
            carrier: string;
            carrierRef: string | null;
            state: string;
            error: {
                code: string;
                message: string;
                details: {
                    [key: string]: unknown;
                };
            } | null;
            /** @description Raw text of the receipt */
            raw: string;
            part: number | null;
        };
        /**
         * @example {
         *       "replayId": "rpl_01KB0000000000000000000000",
         *       "which": "MISSING",
         *       "since": "2026-11-23T10:00:00.000Z",
         *       "status": "RUNNING",
         *       "examined": 1500,
         *       "replayed": 320,
         *       "createdAt": "2026-11-23T12:00:00.000Z",
         *       "finishedAt": null
         *     }
         */
        Replay: {
            replayId: string;
            /** @enum {unknown} */
            which: "FAILED" | "MISSING";
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            since: string;
            /**
             * @description DONE: all matching events are queued. The deliveries show their state.
             * @enum {unknown}
             */
            status: "RUNNING" | "DONE" | "CANCELLED";
            /** @description Events examined so far */
            examined: number;
            /** @description Examined events that are sent again */
            replayed: number;
            /**
             * Format: date-time
             * @example 2026-11-23T12:00:00.000Z
             */
            createdAt: string;
            finishedAt: string | null;
        };
        /** @description New secret. Returned only here, and to a repeat with the same `Idempotency-Key`. */
        RotatedSecret: {
            webhookSecret: string;
            oldSecretValidUntil: string | null;
        };
        SecretRotation: {
            /** @description Seconds for which the old secret signs besides the new one. Default: one day. 0: all old secrets stop signing at once, for a secret that has leaked. */
            overlapSeconds?: number;
        };
        SendRequest: {
            /** @description A numberId from GET /api/core/numbers, not a phone number */
            sendFrom: string;
            /** @description At least one number in E.164. Each recipient is accepted or rejected separately. */
            to: string[];
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            /** @description SMS: at most 10 segments */
            text?: string;
            /** @description Required for MMS, rejected for SMS */
            media?: components["schemas"]["MediaItem"][];
            /** @description Your own reference, returned in each webhook of these messages */
            externalReference?: string;
            /**
             * @description Handling of a message whose submit had no response. AT_MOST_ONCE (default): not submitted again. A later receipt resolves the message, or it fails with OUTCOME_UNKNOWN. AT_LEAST_ONCE: submitted again.
             * @enum {unknown}
             */
            deliveryGuarantee?: "AT_MOST_ONCE" | "AT_LEAST_ONCE";
            /** @description Replaces typographic characters (“ ” – …, spaces, full-width letters) by plain ones and removes invisible ones, if the whole text then fits GSM-7 and takes no more segments. Emoji stay unchanged. */
            smartEncoding?: boolean;
        };
        /** @description Accepted recipients in `results`, rejected ones in `errors`. Messages are queued. Webhooks report their delivery. */
        SendResponse: {
            results: {
                to: string;
                messageId: string;
                /** @enum {string} */
                status: "QUEUED";
            }[];
            errors: {
                to: string;
                error: {
                    code: string;
                    message: string;
                    details: {
                        [key: string]: unknown;
                    };
                };
            }[];
        };
        /** @description Webhook URLs and their state */
        WebhookSettings: {
            deliveryUrl: string | null;
            inboundUrl: string | null;
            /** @description State of each URL with an attempt, including URLs of numbers */
            endpoints: components["schemas"]["Endpoint"][];
        };
        /** @example https://example.com/hooks/redcloud */
        WebhookUrl: string;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "client_id": "rc_test_client_123",
                 *       "client_secret": "rc_secret_abc123"
                 *     }
                 */
                "application/x-www-form-urlencoded": {
                    /** @description `client_credentials`. Required. */
                    grant_type?: string;
                    client_id?: string;
                    client_secret?: string;
                };
            };
        };
        responses: {
            /** @description Bearer token, valid for one hour */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "rc_token_example",
                     *       "token_type": "bearer",
                     *       "expires_in": 3600
                     *     }
                     */
                    "application/json": {
                        access_token: string;
                        /** @enum {string} */
                        token_type: "bearer";
                        expires_in: number;
                    };
                };
            };
            /** @description RFC 6749 §5.2 */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description RFC 6749 §5.2 */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Required. 1–255 printable ASCII characters, the same for each repeat of one operation.
                 * @example idem_order_789
                 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendRequest"];
            };
        };
        responses: {
            /** @description Accepted recipients in `results`, rejected ones in `errors`. Messages are queued. Webhooks report their delivery. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "to": "+15551234567",
                     *           "messageId": "msg_abc123",
                     *           "status": "QUEUED"
                     *         }
                     *       ],
                     *       "errors": [
                     *         {
                     *           "to": "invalid",
                     *           "error": {
                     *             "code": "INVALID_RECIPIENT",
                     *             "message": "Recipient must be a valid E.164 phone number",
                     *             "details": {}
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SendResponse"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description API client of the token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "apiClientId": "rc_test_client_123",
                     *       "apiClientName": "Sandbox",
                     *       "apiClientStatus": "ACTIVE",
                     *       "capabilities": [
                     *         "numbers:read",
                     *         "numbers:search",
                     *         "numbers:update",
                     *         "messages:send"
                     *       ],
                     *       "assignedNumbers": {
                     *         "total": 1,
                     *         "smsEnabledCount": 1,
                     *         "mmsEnabledCount": 1
                     *       },
                     *       "inboundWebhookConfigured": true,
                     *       "deliveryWebhookConfigured": true
                     *     }
                     */
                    "application/json": {
                        apiClientId: string;
                        apiClientName: string;
                        /**
                         * @description SUSPENDED is visible to operators only
                         * @enum {unknown}
                         */
                        apiClientStatus: "ACTIVE" | "SUSPENDED";
                        capabilities: string[];
                        assignedNumbers: {
                            total: number;
                            smsEnabledCount: number;
                            mmsEnabledCount: number;
                        };
                        /** @description Also false while the endpoint is disabled */
                        inboundWebhookConfigured: boolean;
                        /** @description Also false while the endpoint is disabled */
                        deliveryWebhookConfigured: boolean;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listNumbers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All numbers, by phone number */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        numbers: components["schemas"]["PhoneNumber"][];
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    searchNumbers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "npa": "503",
                 *       "limit": 10
                 *     }
                 */
                "application/json": {
                    /** @description Area code */
                    npa?: string;
                    /** @description Central office code */
                    nxx?: string;
                    city?: string;
                    /** @description Two letters */
                    state?: string;
                    zipCode?: string;
                    rateCenter?: string;
                    /** @description Numbers in all groups. Default 50. */
                    limit?: number;
                };
            };
        };
        responses: {
            /** @description Groups by area code, office code and place */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        groups: {
                            npa: string | null;
                            nxx: string | null;
                            city: string | null;
                            state: string | null;
                            rateCenter: string | null;
                            /** @description Matching numbers. `numbers` may have fewer. */
                            count: number;
                            numbers: {
                                e164: string;
                                smsEnabled: boolean;
                                mmsEnabled: boolean;
                            }[];
                        }[];
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example num_abc123 */
                numberId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "campaignregId": "camp_abc123",
                 *       "webhookDeliveryOverride": null
                 *     }
                 */
                "application/json": {
                    campaignregId?: string | null;
                    webhookInboundOverride?: components["schemas"]["WebhookUrl"] | null;
                    webhookDeliveryOverride?: components["schemas"]["WebhookUrl"] | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "numberId": "num_abc123",
                     *       "e164": "+15551234567",
                     *       "status": "ACTIVE",
                     *       "campaignRegId": "camp_abc123",
                     *       "smsEnabled": true,
                     *       "mmsEnabled": true
                     *     }
                     */
                    "application/json": components["schemas"]["PhoneNumber"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                externalReference?: string;
                status?: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400. Names and short codes match exactly.
                 * @example +15551234567
                 */
                to?: string;
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400. Names and short codes match exactly.
                 * @example +15551234567
                 */
                from?: string;
                numberId?: string;
                direction?: "INBOUND" | "OUTBOUND";
                /** @description Created at this time or later */
                createdAfter?: string;
                /** @description Created before this time */
                createdBefore?: string;
                /** @description 1 to 500. Default 100. */
                limit?: number;
                /** @description `nextCursor` of the previous page */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "messageId": "msg_abc123",
                     *           "direction": "OUTBOUND",
                     *           "status": "DELIVERED",
                     *           "numberId": "num_abc123",
                     *           "from": "+15551234567",
                     *           "to": "+15551234567",
                     *           "messageType": "SMS",
                     *           "text": "Hello from Red Cloud",
                     *           "media": null,
                     *           "externalReference": "order_789",
                     *           "deliveryGuarantee": "AT_MOST_ONCE",
                     *           "purpose": null,
                     *           "keyword": null,
                     *           "optOutType": null,
                     *           "encoding": "GSM7",
                     *           "segments": 1,
                     *           "providerMessageRef": "sim-abc123",
                     *           "error": null,
                     *           "createdAt": "2026-11-23T12:00:00.000Z",
                     *           "sentAt": "2026-11-23T12:00:00.020Z",
                     *           "finishedAt": "2026-11-23T12:00:00.220Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        messages: components["schemas"]["Message"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example msg_abc123 */
                messageId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageDetail"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page */
                after?: string;
                /** @description Instead of `after`: start with the events from this time on */
                since?: string;
                /** @description 1 to 500. Default 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "events": [
                     *         {
                     *           "eventId": "evt_abc123_3",
                     *           "type": "message.delivery",
                     *           "occurredAt": "2026-11-23T12:00:00.000Z",
                     *           "sequence": 3,
                     *           "apiClientId": "rc_test_client_123",
                     *           "messageId": "msg_abc123",
                     *           "externalReference": "order_789",
                     *           "numberId": "num_abc123",
                     *           "from": "+15551234567",
                     *           "to": "+15551234567",
                     *           "messageType": "SMS",
                     *           "status": "DELIVERED",
                     *           "segments": 1,
                     *           "providerMessageRef": "sim-abc123"
                     *         }
                     *       ],
                     *       "nextCursor": "WzQ3MTEsIm1zZ19hYmMxMjMiLDNd"
                     *     }
                     */
                    "application/json": {
                        events: components["schemas"]["Event"][];
                        /** @description Always present, also at the current end */
                        nextCursor: string;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Webhook URLs and their state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSettings"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "deliveryUrl": "https://example.com/hooks/redcloud"
                 *     }
                 */
                "application/json": {
                    deliveryUrl?: components["schemas"]["WebhookUrl"] | null;
                    inboundUrl?: components["schemas"]["WebhookUrl"] | null;
                };
            };
        };
        responses: {
            /** @description Webhook URLs and their state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSettings"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    enableWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url: components["schemas"]["WebhookUrl"];
                };
            };
        };
        responses: {
            /** @description Webhook URLs and their state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSettings"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "purpose": "delivery"
                 *     }
                 */
                "application/json": {
                    /** @enum {unknown} */
                    purpose?: "delivery" | "inbound";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string;
                        delivered: boolean;
                        statusCode: number | null;
                        error: string | null;
                        durationMs: number;
                        responseStart: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1–255 printable ASCII characters. The same request with the same key within a day changes nothing and returns the same response, including secrets, with `Idempotent-Replayed: true`. Another request returns 409.
                 * @example shop-2026-11
                 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlapSeconds": 86400
                 *     }
                 */
                "application/json": components["schemas"]["SecretRotation"];
            };
        };
        responses: {
            /** @description New secret. Returned only here, and to a repeat with the same `Idempotency-Key`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhookSecret": "whsec_bmV3LXdlYmhvb2stc2VjcmV0LTEyMw==",
                     *       "oldSecretValidUntil": "2026-11-24T12:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RotatedSecret"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
                /** @description 1 to 500. Default 100. */
                limit?: number;
                /** @description `nextCursor` of the previous page */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["DeliveredEvent"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example evt_abc123_3 */
                eventId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        eventId: string;
                        /** @enum {string} */
                        state: "PENDING";
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listReplays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        replays: components["schemas"]["Replay"][];
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createReplay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-23T10:00:00.000Z"
                 *     }
                 */
                "application/json": {
                    /** Format: date-time */
                    since: string;
                    /** @enum {unknown} */
                    which?: "FAILED" | "MISSING";
                };
            };
        };
        responses: {
            /** @description The replay has begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "replayId": "rpl_01KB0000000000000000000000",
                     *       "which": "MISSING",
                     *       "since": "2026-11-23T10:00:00.000Z",
                     *       "status": "RUNNING",
                     *       "examined": 1500,
                     *       "replayed": 320,
                     *       "createdAt": "2026-11-23T12:00:00.000Z",
                     *       "finishedAt": null
                     *     }
                     */
                    "application/json": {
                        replayId: string;
                        /** @enum {unknown} */
                        which: "FAILED" | "MISSING";
                        /**
                         * Format: date-time
                         * @example 2026-11-23T12:00:00.000Z
                         */
                        since: string;
                        /**
                         * @description DONE: all matching events are queued. The deliveries show their state.
                         * @enum {unknown}
                         */
                        status: "RUNNING" | "DONE" | "CANCELLED";
                        /** @description Events examined so far */
                        examined: number;
                        /** @description Examined events that are sent again */
                        replayed: number;
                        /**
                         * Format: date-time
                         * @example 2026-11-23T12:00:00.000Z
                         */
                        createdAt: string;
                        finishedAt: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example rpl_01KB0000000000000000000000 */
                replayId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "replayId": "rpl_01KB0000000000000000000000",
                     *       "which": "MISSING",
                     *       "since": "2026-11-23T10:00:00.000Z",
                     *       "status": "RUNNING",
                     *       "examined": 1500,
                     *       "replayed": 320,
                     *       "createdAt": "2026-11-23T12:00:00.000Z",
                     *       "finishedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Replay"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example rpl_01KB0000000000000000000000 */
                replayId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "replayId": "rpl_01KB0000000000000000000000",
                     *       "which": "MISSING",
                     *       "since": "2026-11-23T10:00:00.000Z",
                     *       "status": "RUNNING",
                     *       "examined": 1500,
                     *       "replayed": 320,
                     *       "createdAt": "2026-11-23T12:00:00.000Z",
                     *       "finishedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Replay"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listOptOuts: {
        parameters: {
            query?: {
                /** @description Only of this number of the API client */
                numberId?: string;
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400.
                 * @example +15551230000
                 */
                recipient?: string;
                /** @description 1 to 500. Default 100. */
                limit?: number;
                /** @description `nextCursor` of the previous page */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        optOuts: components["schemas"]["OptOut"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    addOptOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "numberId": "num_abc123",
                 *       "recipient": "+15551230000",
                 *       "source": "call centre",
                 *       "note": "Ticket 4711"
                 *     }
                 */
                "application/json": {
                    numberId: string;
                    /** @example +15551234567 */
                    recipient: string;
                    /** @description Source of the opt-out */
                    source?: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "numberId": "num_abc123",
                     *       "recipient": "+15551230000",
                     *       "origin": "HANDSET",
                     *       "source": null,
                     *       "keyword": "STOP",
                     *       "note": null,
                     *       "createdAt": "2026-11-23T12:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["OptOut"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "numberId": "num_abc123",
                     *       "recipient": "+15551230000",
                     *       "origin": "HANDSET",
                     *       "source": null,
                     *       "keyword": "STOP",
                     *       "note": null,
                     *       "createdAt": "2026-11-23T12:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["OptOut"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    removeOptOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example num_abc123 */
                numberId: string;
                /** @example +15551230000 */
                recipient: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listOptOutChanges: {
        parameters: {
            query?: {
                /** @description Only of this number of the API client */
                numberId?: string;
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400.
                 * @example +15551230000
                 */
                recipient?: string;
                /** @description 1 to 500. Default 100. */
                limit?: number;
                /** @description `nextCursor` of the previous page */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changes: components["schemas"]["OptOutChange"][];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getAutoReplies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "optOut": null,
                     *       "optIn": "Welcome back!",
                     *       "help": false,
                     *       "defaults": {
                     *         "optOut": "Sandbox: You are unsubscribed and will receive no more messages. Reply START to resubscribe.",
                     *         "optIn": "Sandbox: You are subscribed again. Reply HELP for help, STOP to unsubscribe.",
                     *         "help": "Sandbox: Reply STOP to unsubscribe, START to resubscribe. Message and data rates may apply."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AutoReplies"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    updateAutoReplies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "optIn": "Welcome back!",
                 *       "help": false
                 *     }
                 */
                "application/json": {
                    /** @description Your own text. null: the default text. false: no reply. */
                    optOut?: string | false | null;
                    /** @description Your own text. null: the default text. false: no reply. */
                    optIn?: string | false | null;
                    /** @description Your own text. null: the default text. false: no reply. */
                    help?: string | false | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "optOut": null,
                     *       "optIn": "Welcome back!",
                     *       "help": false,
                     *       "defaults": {
                     *         "optOut": "Sandbox: You are unsubscribed and will receive no more messages. Reply START to resubscribe.",
                     *         "optIn": "Sandbox: You are subscribed again. Reply HELP for help, STOP to unsubscribe.",
                     *         "help": "Sandbox: Reply STOP to unsubscribe, START to resubscribe. Message and data rates may apply."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AutoReplies"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The request was rejected and changed nothing. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": {
                     *         "code": "INVALID_REQUEST",
                     *         "message": "Idempotency-Key header is required",
                     *         "details": {}
                     *       },
                     *       "requestId": "req_send_001"
                     *     }
                     */
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "on.queued": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": string;
                /** @description Event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Order of the events of a message */
                    sequence: number;
                    apiClientId: string;
                    messageId: string;
                    externalReference?: string;
                    numberId: string;
                    from: string;
                    to: string;
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    segments?: number;
                    /** @description Carrier message id */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.queued";
                    /** @constant */
                    status: "QUEUED";
                    /**
                     * @description Kind of an automatic reply. Absent or null for other messages.
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Repeated later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.sent": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": string;
                /** @description Event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Order of the events of a message */
                    sequence: number;
                    apiClientId: string;
                    messageId: string;
                    externalReference?: string;
                    numberId: string;
                    from: string;
                    to: string;
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    segments?: number;
                    /** @description Carrier message id */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.sent";
                    /** @constant */
                    status: "SENT";
                    /**
                     * @description Kind of an automatic reply. Absent or null for other messages.
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Repeated later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.delivery": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": string;
                /** @description Event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Order of the events of a message */
                    sequence: number;
                    apiClientId: string;
                    messageId: string;
                    externalReference?: string;
                    numberId: string;
                    from: string;
                    to: string;
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    segments?: number;
                    /** @description Carrier message id */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.delivery";
                    /** @constant */
                    status: "DELIVERED";
                    /**
                     * @description Kind of an automatic reply. Absent or null for other messages.
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Repeated later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.failed": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": string;
                /** @description Event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Order of the events of a message */
                    sequence: number;
                    apiClientId: string;
                    messageId: string;
                    externalReference?: string;
                    numberId: string;
                    from: string;
                    to: string;
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    segments?: number;
                    /** @description Carrier message id */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.failed";
                    /** @constant */
                    status: "FAILED";
                    error: {
                        /** @description See docs/errors.md */
                        code: string;
                        message: string;
                        details: {
                            [key: string]: unknown;
                        };
                    };
                    /**
                     * @description Kind of an automatic reply. Absent or null for other messages.
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Repeated later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.inbound": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": string;
                /** @description Event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Order of the events of a message */
                    sequence: number;
                    apiClientId: string;
                    messageId: string;
                    externalReference?: string;
                    numberId: string;
                    from: string;
                    to: string;
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    segments?: number;
                    /** @description Carrier message id */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.inbound";
                    /** @constant */
                    status: "RECEIVED";
                    text?: string;
                    media?: {
                        storageKey: string;
                        mimeType: string;
                        byteLength: number;
                        sourceUrl?: string;
                        fileName?: string;
                    }[];
                    /**
                     * @description Normalised keyword, if the whole text is one (docs/opt-outs.md). Absent or null otherwise.
                     * @example STOP
                     */
                    keyword?: string;
                    /**
                     * @description Meaning of `keyword`
                     * @enum {unknown}
                     */
                    optOutType?: "STOP" | "START" | "HELP";
                };
            };
        };
        responses: {
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Repeated later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
