// Made from docs/openapi.json by `npm run sdk:types`. Not to be edited.

export interface components {
    schemas: {
        AutoReplies: {
            optOut: components["schemas"]["AutoReplySetting"];
            optIn: components["schemas"]["AutoReplySetting"];
            help: components["schemas"]["AutoReplySetting"];
            defaults: {
                optOut: string;
                optIn: string;
                help: string;
            };
        };
        /** @description Your own text. null: the default text. false: no reply. */
        AutoReplySetting: string | false | null;
        /**
         * @example {
         *       "bulkSendId": "bulk_abc123",
         *       "name": "people.csv",
         *       "rows": 3,
         *       "state": "RUNNING",
         *       "messages": {
         *         "queued": 1,
         *         "unknown": 0,
         *         "sent": 0,
         *         "delivered": 1,
         *         "failed": 0,
         *         "canceled": 0
         *       },
         *       "createdAt": "2026-11-23T12:00:00.000Z",
         *       "updatedAt": "2026-11-23T12:00:00.000Z"
         *     }
         */
        BulkSend: {
            bulkSendId: string;
            name: string;
            /** @description Intended number of recipients */
            rows: number;
            /**
             * @description As reported by the program that sends. A canceled bulk send stays canceled.
             * @enum {unknown}
             */
            state: "RUNNING" | "PAUSED" | "DONE" | "CANCELED";
            messages: {
                /** @description Not submitted yet */
                queued: number;
                /** @description Submitted without a response */
                unknown: number;
                /** @description Accepted by the carrier, without a final receipt */
                sent: number;
                /** @description Delivered to the handset */
                delivered: number;
                /** @description Failed, without the canceled ones */
                failed: number;
                /** @description Canceled before the submit */
                canceled: number;
            };
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
        };
        DeliveredEvent: {
            eventId: string;
            /** @enum {unknown} */
            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
            messageId: string;
            sequence: number;
            occurredAt: components["schemas"]["Timestamp"];
            /**
             * @description FAILED: all attempts failed. UNSENT: no URL was set, or the endpoint was disabled. A replay sends such an event.
             * @enum {unknown}
             */
            state: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
            nextAttemptAt: components["schemas"]["NullableTimestamp"];
            attempts: components["schemas"]["WebhookAttempt"][];
        };
        Delivery: {
            /**
             * @description FAILED: all attempts failed. UNSENT: no URL was set, or the endpoint was disabled. A replay sends such an event.
             * @enum {unknown}
             */
            state: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
            nextAttemptAt: components["schemas"]["NullableTimestamp"];
            attempts: components["schemas"]["WebhookAttempt"][];
        };
        Endpoint: {
            url: string;
            succeededAt: components["schemas"]["NullableTimestamp"];
            failingSince: components["schemas"]["NullableTimestamp"];
            /** @description Failures since `failingSince`, without a success */
            failures: number;
            disabledAt: components["schemas"]["NullableTimestamp"];
            disabledBecause: string | null;
        };
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
            occurredAt: components["schemas"]["Timestamp"];
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
            purpose?: components["schemas"]["Purpose"];
            text?: string;
            media?: components["schemas"]["MediaOfMessage"][];
            keyword?: components["schemas"]["Keyword"];
            optOutType?: components["schemas"]["OptOutType"];
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
         * @description Normalised keyword, if the whole text is one (docs/opt-outs.md). Absent or null otherwise.
         * @example STOP
         */
        Keyword: string;
        MediaItem: {
            storageKey: string;
            mimeType: string;
            byteLength: number;
            sourceUrl?: string;
            fileName?: string;
        };
        MediaOfMessage: {
            storageKey?: string;
            mimeType: string;
            byteLength: number;
            sourceUrl?: string;
            fileName?: string;
            /** @description Reason why a received file has no `storageKey` */
            error?: string;
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
         *       "finishedAt": "2026-11-23T12:00:00.220Z",
         *       "sendAt": null,
         *       "expiresAt": "2026-11-24T12:00:00.000Z",
         *       "priority": "NORMAL",
         *       "bulkSendId": null
         *     }
         */
        Message: {
            messageId: string;
            /** @enum {unknown} */
            direction: "INBOUND" | "OUTBOUND";
            status: components["schemas"]["MessageStatus"];
            numberId: string;
            from: string;
            to: string;
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            text: string | null;
            media: components["schemas"]["MediaOfMessage"][] | null;
            externalReference: string | null;
            deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
            purpose: components["schemas"]["Purpose"] | null;
            keyword: components["schemas"]["Keyword"] | null;
            optOutType: components["schemas"]["OptOutType"] | null;
            encoding: ("GSM7" | "UCS2") | null;
            segments: number | null;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            createdAt: components["schemas"]["Timestamp"];
            sentAt: components["schemas"]["NullableTimestamp"];
            finishedAt: components["schemas"]["NullableTimestamp"];
            sendAt: string | null;
            expiresAt: string | null;
            priority: components["schemas"]["Priority"] | null;
            bulkSendId: string | null;
        };
        MessageDetail: {
            messageId: string;
            /** @enum {unknown} */
            direction: "INBOUND" | "OUTBOUND";
            status: components["schemas"]["MessageStatus"];
            numberId: string;
            from: string;
            to: string;
            /** @enum {unknown} */
            messageType: "SMS" | "MMS";
            text: string | null;
            media: components["schemas"]["MediaOfMessage"][] | null;
            externalReference: string | null;
            deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
            purpose: components["schemas"]["Purpose"] | null;
            keyword: components["schemas"]["Keyword"] | null;
            optOutType: components["schemas"]["OptOutType"] | null;
            encoding: ("GSM7" | "UCS2") | null;
            segments: number | null;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            createdAt: components["schemas"]["Timestamp"];
            sentAt: components["schemas"]["NullableTimestamp"];
            finishedAt: components["schemas"]["NullableTimestamp"];
            sendAt: string | null;
            expiresAt: string | null;
            priority: components["schemas"]["Priority"] | null;
            bulkSendId: string | null;
            parts: components["schemas"]["MessagePart"][];
            events: components["schemas"]["MessageEvent"][];
        };
        MessageEvent: {
            eventId: string;
            /** @enum {unknown} */
            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
            sequence: number;
            status: string;
            occurredAt: components["schemas"]["Timestamp"];
            delivery: components["schemas"]["Delivery"];
        };
        MessagePart: {
            part: number;
            attempt: number | null;
            /** @enum {unknown} */
            state: "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED";
            carrier: string;
            providerMessageRef: string | null;
            error: components["schemas"]["Failure"] | null;
            submittedAt: components["schemas"]["Timestamp"];
            finishedAt: components["schemas"]["NullableTimestamp"];
        };
        /**
         * @description UNKNOWN: submitted without a response. Not submitted again, unless the sender chose AT_LEAST_ONCE. A receipt may still resolve the status.
         * @enum {unknown}
         */
        MessageStatus: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
        /**
         * @description Reason why a number with `mmsEnabled` cannot send MMS. Absent otherwise.
         * @enum {unknown}
         */
        MmsProblem: "CARRIER_WITHOUT_MMS" | "CARRIER_NOT_CONFIGURED";
        NullableTimestamp: components["schemas"]["Timestamp"] | null;
        NullableWebhookUrl: components["schemas"]["WebhookUrl"] | null;
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
            /** @description Number, or sender pool (`pool_…`), from which the recipient gets no messages */
            numberId: string;
            recipient: string;
            /**
             * @description HANDSET: by a keyword. API: by a request. CARRIER: recorded by the carrier.
             * @enum {unknown}
             */
            origin: "HANDSET" | "API" | "CARRIER";
            source: string | null;
            keyword: string | null;
            note: string | null;
            createdAt: components["schemas"]["Timestamp"];
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
             * @description HANDSET: by a keyword. API: by a request. CARRIER: recorded by the carrier.
             * @enum {unknown}
             */
            origin: "HANDSET" | "API" | "CARRIER";
            source: string | null;
            keyword: string | null;
            note: string | null;
            messageId: string | null;
            changedAt: components["schemas"]["Timestamp"];
        };
        /**
         * @description Meaning of `keyword`
         * @enum {unknown}
         */
        OptOutType: "STOP" | "START" | "HELP";
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
            /** @description E.164, or a short code, or an alphanumeric sender */
            e164: string;
            type?: components["schemas"]["SenderType"];
            status: "ACTIVE" | "INACTIVE";
            campaignRegId: string | null;
            smsEnabled: boolean;
            mmsEnabled: boolean;
            mmsProblem?: components["schemas"]["MmsProblem"];
            webhookInboundOverride?: string;
            webhookDeliveryOverride?: string;
            /** @description Sender pool of the number, which `sendFrom` of a send may name */
            poolId?: string;
        };
        /**
         * @description Order among the waiting messages of one number. HIGH ignores quiet hours.
         * @enum {unknown}
         */
        Priority: "HIGH" | "NORMAL" | "BULK";
        /**
         * @description Kind of an automatic reply. Absent or null for other messages.
         * @enum {unknown}
         */
        Purpose: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
        /**
         * @description A recipient that was rejected in `errors[]` of a send. There is no message, and no event. Deleted after the retention period of texts (RC_TEXT_DAYS).
         * @example {
         *       "messageId": "rej_abc123",
         *       "status": "REJECTED",
         *       "numberId": "num_abc123",
         *       "from": "+15551234567",
         *       "poolId": null,
         *       "to": "invalid",
         *       "error": {
         *         "code": "INVALID_RECIPIENT",
         *         "message": "Recipient must be a valid E.164 phone number",
         *         "details": {}
         *       },
         *       "externalReference": "order_789",
         *       "createdAt": "2026-11-23T12:00:00.000Z"
         *     }
         */
        Rejection: {
            messageId: string;
            /** @enum {string} */
            status: "REJECTED";
            numberId: string | null;
            from: string | null;
            poolId: string | null;
            /** @description The recipient as sent */
            to: string;
            error: components["schemas"]["Failure"];
            externalReference: string | null;
            createdAt: components["schemas"]["Timestamp"];
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
            since: components["schemas"]["Timestamp"];
            /**
             * @description DONE: all matching events are queued. The deliveries show their state.
             * @enum {unknown}
             */
            status: "RUNNING" | "DONE" | "CANCELLED";
            /** @description Events examined so far */
            examined: number;
            /** @description Examined events that are sent again */
            replayed: number;
            createdAt: components["schemas"]["Timestamp"];
            finishedAt: components["schemas"]["NullableTimestamp"];
        };
        /** @description New secret. Returned only here, and to a repeat with the same `Idempotency-Key`. */
        RotatedSecret: {
            webhookSecret: string;
            oldSecretValidUntil: components["schemas"]["NullableTimestamp"];
        };
        SecretRotation: {
            /** @description Seconds for which the old secret signs besides the new one. Default: one day. 0: all old secrets stop signing at once, for a secret that has leaked. */
            overlapSeconds?: number;
        };
        SendRequest: {
            /** @description A numberId or a poolId from GET /api/core/numbers, not a phone number */
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
            /**
             * Format: date-time
             * @description Time of the submit, at most 365 days ahead. Up to 60 s in the past means now.
             */
            sendAt?: string;
            /**
             * Format: date-time
             * @description A message that was not submitted by this time fails with EXPIRED. At most 48 hours after the time from which it may be sent. Default: 24 hours after that time.
             */
            expiresAt?: string;
            /** @description Whether quiet hours apply. Default: the setting of the API client. */
            respectQuietHours?: boolean;
            /** @description IANA time zone for quiet hours. Default: all time zones that the number of the recipient may be in. */
            recipientTimeZone?: string;
            priority?: components["schemas"]["Priority"];
            /** @description Messages of this request per minute */
            maxPerMinute?: number;
            /**
             * @description Registered bulk send to which the messages belong. A repeat with another one gets the same response.
             * @example bulk_abc123
             */
            bulkSendId?: string;
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
        /**
         * @description Kind of sender. Absent in the list of a client for a long code
         * @enum {unknown}
         */
        SenderType: "LONG_CODE" | "TOLL_FREE" | "SHORT_CODE" | "ALPHANUMERIC";
        /** @description A valid item of `media` in a send request */
        StoredMedia: {
            storageKey: string;
            mimeType: string;
            byteLength: number;
            fileName?: string;
        };
        /**
         * Format: date-time
         * @example 2026-11-23T12:00:00.000Z
         */
        Timestamp: string;
        WebhookAttempt: {
            at: components["schemas"]["Timestamp"];
            url: string;
            /** @enum {unknown} */
            outcome: "DELIVERED" | "RETRY" | "GIVEN_UP";
            statusCode: number | null;
            error: string | null;
            durationMs: number;
            responseStart: string | null;
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
    responses: {
        /** @description The request is invalid. `details` names the fields. */
        InvalidRequest: {
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
        /** @description The access token is missing, wrong or expired. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "UNAUTHORIZED",
                 *         "message": "Invalid or missing bearer token",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The API client lacks the capability, is suspended, or is not the one in the header. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "FORBIDDEN",
                 *         "message": "This API client lacks the capability messages:send",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The resource does not exist, or belongs to another API client. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "NOT_FOUND",
                 *         "message": "No such message",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request contradicts an earlier request or the current state. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "CONFLICT",
                 *         "message": "Idempotency-Key was already used with a different payload",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request body is too large, or the API client has no space left (`QUOTA_EXCEEDED`). */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_REQUEST",
                 *         "message": "Request body is too large",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The type of the request body is not supported. */
        UnsupportedType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_REQUEST",
                 *         "message": "Unsupported Media Type",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The range is not within the file. */
        RangeOutside: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "INVALID_REQUEST",
                 *         "message": "The range is not within the 182340 bytes of the file",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests or waiting messages. Repeat the unchanged request after `Retry-After` seconds. */
        RateLimited: {
            headers: {
                /** @description Seconds until the request may be repeated (RFC 9110 §10.2.3). */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "RATE_LIMITED",
                 *         "message": "Too many messages of this API client are waiting to be sent",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The server failed. Repeat the unchanged request later. */
        ServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "SERVER_ERROR",
                 *         "message": "Internal server error",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The store is unreachable. Repeat the unchanged request later. */
        UpstreamError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "UPSTREAM_ERROR",
                 *         "message": "The store is unreachable. Repeat the unchanged request later.",
                 *         "details": {}
                 *       },
                 *       "requestId": "req_send_001"
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description RFC 6749 §5.2 */
        OAuthError: {
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
    parameters: {
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
        /**
         * @description 1–255 printable ASCII characters. The same request with the same key within a day changes nothing and returns the same response, including secrets, with `Idempotent-Replayed: true`. Another request returns 409.
         * @example shop-2026-11
         */
        "header.idempotency-key": string;
        /** @example bulk_abc123 */
        "path.bulkSendId": string;
        /** @example msg_abc123 */
        "path.messageId": string;
        /** @example num_abc123 */
        "path.numberId": string;
        /** @example rpl_01KB0000000000000000000000 */
        "path.replayId": string;
        /** @example storage_abc123 */
        "path.storageKey": string;
        /** @description `nextCursor` of the previous page */
        "query.after": string;
        /** @description `nextCursor` of the previous page */
        "query.cursor": string;
        /** @description 1 to 500. Default 100. */
        "query.limit": number;
        /** @description Only of this number, or of this sender pool, of the API client */
        "query.numberId": string;
        /**
         * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400.
         * @example +15551230000
         */
        "query.recipient": string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
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
            400: components["responses"]["OAuthError"];
            401: components["responses"]["OAuthError"];
            403: components["responses"]["OAuthError"];
            413: components["responses"]["OAuthError"];
            429: components["responses"]["OAuthError"];
            500: components["responses"]["OAuthError"];
            502: components["responses"]["OAuthError"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                            /** @description Numbers whose carrier supports MMS, too */
                            mmsEnabledCount: number;
                        };
                        /** @description Also false while the endpoint is disabled */
                        inboundWebhookConfigured: boolean;
                        /** @description Also false while the endpoint is disabled */
                        deliveryWebhookConfigured: boolean;
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    updateNumber: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example num_abc123 */
                numberId: components["parameters"]["path.numberId"];
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
                    webhookInboundOverride?: components["schemas"]["NullableWebhookUrl"];
                    webhookDeliveryOverride?: components["schemas"]["NullableWebhookUrl"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                externalReference?: string;
                /** @example bulk_abc123 */
                bulkSendId?: string;
                status?: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED" | "REJECTED";
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
                /** @description `sendAt` at this time or later */
                sendAfter?: string;
                /** @description `sendAt` before this time */
                sendBefore?: string;
                /** @description 1 to 500. Default 100. */
                limit?: components["parameters"]["query.limit"];
                /** @description `nextCursor` of the previous page */
                cursor?: components["parameters"]["query.cursor"];
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
                     *           "finishedAt": "2026-11-23T12:00:00.220Z",
                     *           "sendAt": null,
                     *           "expiresAt": "2026-11-24T12:00:00.000Z",
                     *           "priority": "NORMAL",
                     *           "bulkSendId": null
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        messages: (components["schemas"]["Message"] | components["schemas"]["Rejection"])[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example msg_abc123 */
                messageId: components["parameters"]["path.messageId"];
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
                    "application/json": components["schemas"]["MessageDetail"] | components["schemas"]["Rejection"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    rescheduleMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example msg_abc123 */
                messageId: components["parameters"]["path.messageId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sendAt": "2026-12-24T18:00:00Z"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: date-time
                     * @description At most 365 days ahead
                     */
                    sendAt: string;
                    /** Format: date-time */
                    expiresAt?: string;
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
                    "application/json": components["schemas"]["MessageDetail"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    cancelMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example msg_abc123 */
                messageId: components["parameters"]["path.messageId"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    cancelMessages: {
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
                 *       "externalReference": "order_789"
                 *     }
                 */
                "application/json": {
                    externalReference: string;
                };
            };
        };
        responses: {
            /** @description Numbers of messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "canceled": 2,
                     *       "tooLate": 1
                     *     }
                     */
                    "application/json": {
                        canceled: number;
                        tooLate: number;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    previewMessages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendRequest"];
            };
        };
        responses: {
            /** @description What the send would do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "to": "+15551234567",
                     *           "encoding": "GSM7",
                     *           "segments": 1,
                     *           "carrier": "simulator",
                     *           "estimatedSendAt": "2026-11-23T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "errors": [],
                     *       "text": {
                     *         "encoding": "GSM7",
                     *         "characters": 20,
                     *         "segments": 1,
                     *         "nonGsm": []
                     *       }
                     *     }
                     */
                    "application/json": {
                        results: {
                            to: string;
                            encoding: ("GSM7" | "UCS2") | null;
                            segments: number | null;
                            /** @description Name in RC_CARRIERS, as of now */
                            carrier: string;
                            estimatedSendAt: components["schemas"]["Timestamp"];
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
                        text: {
                            /** @enum {unknown} */
                            encoding: "GSM7" | "UCS2";
                            /** @description Code points */
                            characters: number;
                            segments: number;
                            /** @description Characters that need UCS-2 */
                            nonGsm: {
                                character: string;
                                /** @description Position in code points, from 0 */
                                index: number;
                            }[];
                            /** @description Text after `smartEncoding`, if it differs */
                            smartText?: string;
                        } | null;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page */
                after?: components["parameters"]["query.after"];
                /** @description Instead of `after`: start with the events from this time on */
                since?: string;
                /** @description 1 to 500. Default 100. */
                limit?: components["parameters"]["query.limit"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                    deliveryUrl?: components["schemas"]["NullableWebhookUrl"];
                    inboundUrl?: components["schemas"]["NullableWebhookUrl"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                "idempotency-key"?: components["parameters"]["header.idempotency-key"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
                /** @description 1 to 500. Default 100. */
                limit?: components["parameters"]["query.limit"];
                /** @description `nextCursor` of the previous page */
                cursor?: components["parameters"]["query.cursor"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                        since: components["schemas"]["Timestamp"];
                        /**
                         * @description DONE: all matching events are queued. The deliveries show their state.
                         * @enum {unknown}
                         */
                        status: "RUNNING" | "DONE" | "CANCELLED";
                        /** @description Events examined so far */
                        examined: number;
                        /** @description Examined events that are sent again */
                        replayed: number;
                        createdAt: components["schemas"]["Timestamp"];
                        finishedAt: components["schemas"]["NullableTimestamp"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    getReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example rpl_01KB0000000000000000000000 */
                replayId: components["parameters"]["path.replayId"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    cancelReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example rpl_01KB0000000000000000000000 */
                replayId: components["parameters"]["path.replayId"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listOptOuts: {
        parameters: {
            query?: {
                /** @description Only of this number, or of this sender pool, of the API client */
                numberId?: components["parameters"]["query.numberId"];
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400.
                 * @example +15551230000
                 */
                recipient?: components["parameters"]["query.recipient"];
                /** @description 1 to 500. Default 100. */
                limit?: components["parameters"]["query.limit"];
                /** @description `nextCursor` of the previous page */
                after?: components["parameters"]["query.after"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                    /** @description Number or sender pool */
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    removeOptOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example num_abc123 */
                numberId: components["parameters"]["path.numberId"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listOptOutChanges: {
        parameters: {
            query?: {
                /** @description Only of this number, or of this sender pool, of the API client */
                numberId?: components["parameters"]["query.numberId"];
                /**
                 * @description Number in E.164, with the plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of the countries of your numbers, or rejected with 400.
                 * @example +15551230000
                 */
                recipient?: components["parameters"]["query.recipient"];
                /** @description 1 to 500. Default 100. */
                limit?: components["parameters"]["query.limit"];
                /** @description `nextCursor` of the previous page */
                after?: components["parameters"]["query.after"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
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
                    optOut?: components["schemas"]["AutoReplySetting"];
                    optIn?: components["schemas"]["AutoReplySetting"];
                    help?: components["schemas"]["AutoReplySetting"];
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
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    getQuietHours: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Hours and weekdays in which messages may be sent, in the time zone of the recipient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "start": "08:00",
                     *       "end": "21:00",
                     *       "days": [
                     *         "MON",
                     *         "TUE",
                     *         "WED",
                     *         "THU",
                     *         "FRI"
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description Whether quiet hours apply to sends without `respectQuietHours` */
                        enabled: boolean;
                        /** @description Begin of the permitted hours, such as 08:00 */
                        start: string;
                        /** @description End of the permitted hours, such as 21:00 or 24:00 */
                        end: string;
                        /** @description MON, TUE, WED, THU, FRI, SAT, SUN */
                        days: string[];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    setQuietHours: {
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
                 *       "enabled": true,
                 *       "start": "08:00",
                 *       "end": "21:00",
                 *       "days": [
                 *         "MON",
                 *         "TUE",
                 *         "WED",
                 *         "THU",
                 *         "FRI"
                 *       ]
                 *     }
                 */
                "application/json": {
                    enabled: boolean;
                    start?: string;
                    end?: string;
                    /** @description MON, TUE, WED, THU, FRI, SAT, SUN */
                    days?: string[];
                };
            };
        };
        responses: {
            /** @description Hours and weekdays in which messages may be sent, in the time zone of the recipient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "start": "08:00",
                     *       "end": "21:00",
                     *       "days": [
                     *         "MON",
                     *         "TUE",
                     *         "WED",
                     *         "THU",
                     *         "FRI"
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description Whether quiet hours apply to sends without `respectQuietHours` */
                        enabled: boolean;
                        /** @description Begin of the permitted hours, such as 08:00 */
                        start: string;
                        /** @description End of the permitted hours, such as 21:00 or 24:00 */
                        end: string;
                        /** @description MON, TUE, WED, THU, FRI, SAT, SUN */
                        days: string[];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    getBulkSend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example bulk_abc123 */
                bulkSendId: components["parameters"]["path.bulkSendId"];
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
                     *       "bulkSendId": "bulk_abc123",
                     *       "name": "people.csv",
                     *       "rows": 3,
                     *       "state": "RUNNING",
                     *       "messages": {
                     *         "queued": 1,
                     *         "unknown": 0,
                     *         "sent": 0,
                     *         "delivered": 1,
                     *         "failed": 0,
                     *         "canceled": 0
                     *       },
                     *       "createdAt": "2026-11-23T12:00:00.000Z",
                     *       "updatedAt": "2026-11-23T12:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["BulkSend"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    putBulkSend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example bulk_abc123 */
                bulkSendId: components["parameters"]["path.bulkSendId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "people.csv",
                 *       "rows": 3
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @description Intended number of recipients */
                    rows: number;
                    /**
                     * @description As reported by the program that sends. A canceled bulk send stays canceled.
                     * @enum {unknown}
                     */
                    state?: "RUNNING" | "PAUSED" | "DONE" | "CANCELED";
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
                     *       "bulkSendId": "bulk_abc123",
                     *       "name": "people.csv",
                     *       "rows": 3,
                     *       "state": "RUNNING",
                     *       "messages": {
                     *         "queued": 1,
                     *         "unknown": 0,
                     *         "sent": 0,
                     *         "delivered": 1,
                     *         "failed": 0,
                     *         "canceled": 0
                     *       },
                     *       "createdAt": "2026-11-23T12:00:00.000Z",
                     *       "updatedAt": "2026-11-23T12:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["BulkSend"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    listBulkSends: {
        parameters: {
            query?: {
                /** @description 1 to 50. Default 20. */
                limit?: number;
                /** @description `nextCursor` of the previous page */
                cursor?: components["parameters"]["query.cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Page of bulk sends */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "bulkSends": [
                     *         {
                     *           "bulkSendId": "bulk_abc123",
                     *           "name": "people.csv",
                     *           "rows": 3,
                     *           "state": "RUNNING",
                     *           "messages": {
                     *             "queued": 1,
                     *             "unknown": 0,
                     *             "sent": 0,
                     *             "delivered": 1,
                     *             "failed": 0,
                     *             "canceled": 0
                     *           },
                     *           "createdAt": "2026-11-23T12:00:00.000Z",
                     *           "updatedAt": "2026-11-23T12:00:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": {
                        bulkSends: components["schemas"]["BulkSend"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    cancelBulkSend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example bulk_abc123 */
                bulkSendId: components["parameters"]["path.bulkSendId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Numbers of messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "canceled": 2,
                     *       "tooLate": 1
                     *     }
                     */
                    "application/json": {
                        canceled: number;
                        tooLate: number;
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    uploadMedia: {
        parameters: {
            query?: {
                /** @description Stored without directories, control characters and marks of the text direction */
                fileName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description A valid item of `media` in a send request */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "storageKey": "storage_abc123",
                     *       "mimeType": "image/jpeg",
                     *       "byteLength": 182340,
                     *       "fileName": "catalog.jpg"
                     *     }
                     */
                    "application/json": components["schemas"]["StoredMedia"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    downloadMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example storage_abc123 */
                storageKey: components["parameters"]["path.storageKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description A part of the file */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The file is unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            416: components["responses"]["RangeOutside"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    deleteMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example storage_abc123 */
                storageKey: components["parameters"]["path.storageKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["ServerError"];
            502: components["responses"]["UpstreamError"];
        };
    };
    "on.queued": {
        parameters: {
            query?: never;
            header: {
                /** @description Time of this attempt in Unix seconds */
                "X-RedCloud-Timestamp": components["parameters"]["X-RedCloud-Timestamp"];
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": components["parameters"]["X-RedCloud-Signature"];
                /** @description Event id (Standard Webhooks) */
                "webhook-id": components["parameters"]["webhook-id"];
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": components["parameters"]["webhook-timestamp"];
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": components["parameters"]["webhook-signature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    occurredAt: components["schemas"]["Timestamp"];
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
                    purpose?: components["schemas"]["Purpose"];
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
                "X-RedCloud-Timestamp": components["parameters"]["X-RedCloud-Timestamp"];
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": components["parameters"]["X-RedCloud-Signature"];
                /** @description Event id (Standard Webhooks) */
                "webhook-id": components["parameters"]["webhook-id"];
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": components["parameters"]["webhook-timestamp"];
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": components["parameters"]["webhook-signature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    occurredAt: components["schemas"]["Timestamp"];
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
                    purpose?: components["schemas"]["Purpose"];
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
                "X-RedCloud-Timestamp": components["parameters"]["X-RedCloud-Timestamp"];
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": components["parameters"]["X-RedCloud-Signature"];
                /** @description Event id (Standard Webhooks) */
                "webhook-id": components["parameters"]["webhook-id"];
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": components["parameters"]["webhook-timestamp"];
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": components["parameters"]["webhook-signature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    occurredAt: components["schemas"]["Timestamp"];
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
                    purpose?: components["schemas"]["Purpose"];
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
                "X-RedCloud-Timestamp": components["parameters"]["X-RedCloud-Timestamp"];
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": components["parameters"]["X-RedCloud-Signature"];
                /** @description Event id (Standard Webhooks) */
                "webhook-id": components["parameters"]["webhook-id"];
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": components["parameters"]["webhook-timestamp"];
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": components["parameters"]["webhook-signature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    occurredAt: components["schemas"]["Timestamp"];
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
                    purpose?: components["schemas"]["Purpose"];
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
                "X-RedCloud-Timestamp": components["parameters"]["X-RedCloud-Timestamp"];
                /** @description Lower-case hex of HMAC-SHA256 over `timestamp.rawBody`, keyed with the bytes of the whole secret */
                "X-RedCloud-Signature": components["parameters"]["X-RedCloud-Signature"];
                /** @description Event id (Standard Webhooks) */
                "webhook-id": components["parameters"]["webhook-id"];
                /** @description Time of this attempt in Unix seconds (Standard Webhooks) */
                "webhook-timestamp": components["parameters"]["webhook-timestamp"];
                /** @description `v1,` and a signature in base64 (Standard Webhooks), keyed with the decoded base64 after `whsec_`. During the overlap of a secret rotation two of them, separated by a space */
                "webhook-signature": components["parameters"]["webhook-signature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Same for each attempt */
                    eventId: string;
                    occurredAt: components["schemas"]["Timestamp"];
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
                    media?: components["schemas"]["MediaOfMessage"][];
                    keyword?: components["schemas"]["Keyword"];
                    optOutType?: components["schemas"]["OptOutType"];
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
