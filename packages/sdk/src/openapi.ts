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
         * @description OAuth 2 client_credentials. The client authenticates by HTTP Basic, or by `client_id` and `client_secret` in the body. Too many wrong secrets are answered with 429 and `Retry-After`; the right one is accepted at any time.
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
         * Queue messages
         * @description Safe to repeat: the same Idempotency-Key with the same payload gives the stored answer again, byte for byte, with `Idempotent-Replayed: true`; with a different payload 409. Keys are kept for 7 days unless the operator set another period. A refused request (4xx, 5xx) stores nothing and leaves its key free. Needs the capability `messages:send`, also for a repeat.
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
        /** Who the token speaks for */
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
         * The numbers assigned to this API client
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
         * @description At least one filter; all that are given must match, ignoring case. Needs the capability `numbers:search`.
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
         * @description What is not given stays as it is; null clears. Needs the capability `numbers:update`.
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
         * Messages, newest first
         * @description All filters that are given must hold. A page may hold fewer messages than `limit`, or none, while there are more: go on until `nextCursor` is null. Messages that arrive meanwhile move nothing: each that was there is seen once. Needs the capability `messages:read`. An addition to the contract.
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
         * One message, its parts, its events and how they were delivered
         * @description Needs the capability `messages:read`. An addition to the contract.
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
         * Everything that happened, in order
         * @description Each event as its webhook has it, whether that was delivered or not: to poll instead of webhooks, or to catch up. Keep `nextCursor` along with what you have done, and give it as `after` the next time: no event is missing and none comes twice, however many are written meanwhile. A page that is not full is the present end. Without `after` and `since` it begins with the oldest event that is kept. Needs the capability `events:read`. An addition to the contract.
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
         * Where events go, and how that does
         * @description A number's own URLs are with the numbers. Needs the capability `webhooks:read`. An addition to the contract.
         */
        get: operations["getWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Set where events go
         * @description What is not given stays as it is; null clears. A URL that was disabled is enabled by being set. One with characters beyond ASCII is stored in its normal form, the host in punycode. Needs the capability `webhooks:update`. An addition to the contract.
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
         * Send to a disabled endpoint again
         * @description By any spelling of its URL. What happened meanwhile is kept: replay it. Needs the capability `webhooks:update`. An addition to the contract.
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
         * Send a test event now, and see the answer
         * @description One signed POST of type `webhook.test`, also to an endpoint that is disabled; it is not repeated and changes nothing. Two run at once, and ten begin in a minute. Needs the capability `webhooks:update`. An addition to the contract.
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
         * Get a new webhook secret
         * @description Until `oldSecretValidUntil` both sign: `webhook-signature` carries both, `X-RedCloud-Signature` is still by the old one. 409 while an overlap runs, unless `overlapSeconds` is 0. Needs the capability `webhooks:update`.
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
         * Events and every attempt to deliver them, the latest first
         * @description With `state`, a page may hold fewer than `limit`, or none, while there are more: go on until `nextCursor` is null. Needs the capability `webhooks:read`. An addition to the contract.
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
         * Send one event again
         * @description Also one that was delivered; one that waits for its next attempt is sent now. It gets the whole schedule of attempts anew. Needs the capability `webhooks:update`. An addition to the contract.
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
         * The latest replays
         * @description Needs the capability `webhooks:read`. An addition to the contract.
         */
        get: operations["listReplays"];
        put?: never;
        /**
         * Send again whatever was not delivered since a moment
         * @description MISSING (the default): every event that was never delivered and is not on its way, also what happened while an endpoint was disabled or no URL was set. FAILED: only those that were given up. Each gets the whole schedule of attempts anew. It goes on by itself, survives restarts, and can be followed and cancelled. Five run at once, and 20 begin in a minute. Needs the capability `webhooks:update`. An addition to the contract.
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
         * How far a replay has come
         * @description Needs the capability `webhooks:read`. An addition to the contract.
         */
        get: operations["getReplay"];
        put?: never;
        post?: never;
        /**
         * Stop a replay
         * @description What it has put on its way stays so. Needs the capability `webhooks:update`. An addition to the contract.
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
         * Who has opted out
         * @description As it stands now, by number and recipient. Needs the capability `optouts:read`. An addition to the contract.
         */
        get: operations["listOptOuts"];
        put?: never;
        /**
         * Record an opt-out
         * @description For what you have heard elsewhere than by text message. Safe to repeat: what stands already stays as it is, and is answered with 200. No reply is sent. Needs the capability `optouts:update`. An addition to the contract.
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
         * Lift an opt-out
         * @description Only with consent that you can show. It stays in the history. Needs the capability `optouts:update`. An addition to the contract.
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
         * All opt-outs and opt-ins that there ever were
         * @description The newest last. Needs the capability `optouts:read`. An addition to the contract.
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
         * What handsets are answered
         * @description Needs the capability `optouts:read`. An addition to the contract.
         */
        get: operations["getAutoReplies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what handsets are answered
         * @description What is not given stays as it is. Needs the capability `optouts:update`. An addition to the contract.
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
         * @description Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may come twice: know it by its eventId.
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
         * A carrier has taken the message
         * @description Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may come twice: know it by its eventId.
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
         * @description Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may come twice: know it by its eventId.
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
         * @description Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may come twice: know it by its eventId.
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
         * A handset has written to one of your numbers
         * @description Answer with any 2xx within 10 seconds. Otherwise it is tried again after 1, 5, 15 and 60 minutes. An event may come twice: know it by its eventId.
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
    schemas: never;
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
            /** @description A bearer token for an hour */
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
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
                    "application/json": {
                        error: string;
                        error_description: string;
                    };
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1–255 printable ASCII characters, stable for the business operation. Required.
                 * @example idem_order_789
                 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A numberId from GET /api/core/numbers, not a phone number */
                    sendFrom: string;
                    /** @description E.164; at least one. Each is judged by itself. */
                    to: string[];
                    /** @enum {unknown} */
                    messageType: "SMS" | "MMS";
                    /** @description SMS: at most 10 segments */
                    text?: string;
                    /** @description MMS only, and required there */
                    media?: {
                        storageKey: string;
                        mimeType: string;
                        byteLength: number;
                        sourceUrl?: string;
                        fileName?: string;
                    }[];
                    /** @description Yours; comes back in every webhook of these messages */
                    externalReference?: string;
                    /**
                     * @description What happens to a message whose submit was never answered. AT_MOST_ONCE (default): it is not sent again; a later receipt resolves it, or it fails with OUTCOME_UNKNOWN. AT_LEAST_ONCE: it is sent again.
                     * @enum {unknown}
                     */
                    deliveryGuarantee?: "AT_MOST_ONCE" | "AT_LEAST_ONCE";
                    /** @description Replace typographic characters (“ ” – …, spaces, full-width letters) by plain ones and remove invisible ones, when all of the text then fits GSM-7 and takes no more segments. Emoji stay as they are. */
                    smartEncoding?: boolean;
                };
            };
        };
        responses: {
            /** @description Accepted into the queue, recipient by recipient. Queued is not delivered: webhooks tell what follows. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description The API client behind the token */
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
                         * @description SUSPENDED is for operators to see
                         * @enum {unknown}
                         */
                        apiClientStatus: "ACTIVE" | "SUSPENDED";
                        capabilities: string[];
                        assignedNumbers: {
                            total: number;
                            smsEnabledCount: number;
                            mmsEnabledCount: number;
                        };
                        /** @description false as well while that endpoint is disabled */
                        inboundWebhookConfigured: boolean;
                        /** @description false as well while that endpoint is disabled */
                        deliveryWebhookConfigured: boolean;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description All of them, by phone number */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        numbers: {
                            numberId: string;
                            e164: string;
                            status: "ACTIVE" | "INACTIVE";
                            campaignRegId: string | null;
                            smsEnabled: boolean;
                            mmsEnabled: boolean;
                            webhookInboundOverride?: string;
                            webhookDeliveryOverride?: string;
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    /** @description Numbers in all groups; default 50 */
                    limit?: number;
                };
            };
        };
        responses: {
            /** @description By area code, office code and place */
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
                            /** @description How many match; `numbers` may be fewer */
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    webhookInboundOverride?: string | null;
                    webhookDeliveryOverride?: string | null;
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
                    "application/json": {
                        numberId: string;
                        e164: string;
                        status: "ACTIVE" | "INACTIVE";
                        campaignRegId: string | null;
                        smsEnabled: boolean;
                        mmsEnabled: boolean;
                        webhookInboundOverride?: string;
                        webhookDeliveryOverride?: string;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                 * @description In E.164, with its plus escaped as `%2B`. A phone number in another spelling, such as `(555) 123-0000`, is read by the rules of your numbers' countries, or refused with 400. Names and short codes match exactly.
                 * @example +15551234567
                 */
                to?: string;
                /**
                 * @description In E.164, with its plus escaped as `%2B`. A phone number in another spelling, such as `(555) 123-0000`, is read by the rules of your numbers' countries, or refused with 400. Names and short codes match exactly.
                 * @example +15551234567
                 */
                from?: string;
                numberId?: string;
                direction?: "INBOUND" | "OUTBOUND";
                /** @description At that moment, or later */
                createdAfter?: string;
                /** @description Before that moment */
                createdBefore?: string;
                /** @description 1 to 500; 100 unless told otherwise */
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
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
                        messages: {
                            messageId: string;
                            /** @enum {unknown} */
                            direction: "INBOUND" | "OUTBOUND";
                            /**
                             * @description UNKNOWN: handed over, and never answered; it is not sent again, and a receipt may still resolve it
                             * @enum {unknown}
                             */
                            status: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
                            numberId: string;
                            from: string;
                            to: string;
                            /** @enum {unknown} */
                            messageType: "SMS" | "MMS";
                            text: string | null;
                            media: {
                                storageKey: string;
                                mimeType: string;
                                byteLength: number;
                                sourceUrl?: string;
                                fileName?: string;
                            }[] | null;
                            externalReference: string | null;
                            deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
                            purpose: ("OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY") | null;
                            keyword: string | null;
                            optOutType: ("STOP" | "START" | "HELP") | null;
                            encoding: ("GSM7" | "UCS2") | null;
                            segments: number | null;
                            providerMessageRef: string | null;
                            error: {
                                /** @description See docs/errors.md */
                                code: string;
                                message: string;
                                details: {
                                    [key: string]: unknown;
                                };
                            } | null;
                            /**
                             * Format: date-time
                             * @example 2026-11-23T12:00:00.000Z
                             */
                            createdAt: string;
                            sentAt: string | null;
                            finishedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    "application/json": {
                        messageId: string;
                        /** @enum {unknown} */
                        direction: "INBOUND" | "OUTBOUND";
                        /**
                         * @description UNKNOWN: handed over, and never answered; it is not sent again, and a receipt may still resolve it
                         * @enum {unknown}
                         */
                        status: "QUEUED" | "SENDING" | "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED" | "RECEIVED";
                        numberId: string;
                        from: string;
                        to: string;
                        /** @enum {unknown} */
                        messageType: "SMS" | "MMS";
                        text: string | null;
                        media: {
                            storageKey: string;
                            mimeType: string;
                            byteLength: number;
                            sourceUrl?: string;
                            fileName?: string;
                        }[] | null;
                        externalReference: string | null;
                        deliveryGuarantee: ("AT_MOST_ONCE" | "AT_LEAST_ONCE") | null;
                        purpose: ("OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY") | null;
                        keyword: string | null;
                        optOutType: ("STOP" | "START" | "HELP") | null;
                        encoding: ("GSM7" | "UCS2") | null;
                        segments: number | null;
                        providerMessageRef: string | null;
                        error: {
                            /** @description See docs/errors.md */
                            code: string;
                            message: string;
                            details: {
                                [key: string]: unknown;
                            };
                        } | null;
                        /**
                         * Format: date-time
                         * @example 2026-11-23T12:00:00.000Z
                         */
                        createdAt: string;
                        sentAt: string | null;
                        finishedAt: string | null;
                        parts: {
                            part: number;
                            /** @enum {unknown} */
                            state: "UNKNOWN" | "SENT" | "DELIVERED" | "FAILED";
                            carrier: string;
                            providerMessageRef: string | null;
                            error: {
                                /** @description See docs/errors.md */
                                code: string;
                                message: string;
                                details: {
                                    [key: string]: unknown;
                                };
                            } | null;
                            /**
                             * Format: date-time
                             * @example 2026-11-23T12:00:00.000Z
                             */
                            submittedAt: string;
                            finishedAt: string | null;
                        }[];
                        events: {
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
                            delivery: {
                                /**
                                 * @description FAILED: given up, until it is replayed. UNSENT: there was nowhere to send it, or its endpoint was disabled.
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
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before */
                after?: string;
                /** @description Instead of `after`: begin with what happened from then on */
                since?: string;
                /** @description 1 to 500; 100 unless told otherwise */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
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
                        events: {
                            /** @description The same for every attempt */
                            eventId: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-23T12:00:00.000Z
                             */
                            occurredAt: string;
                            /** @description Orders a message's events */
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
                            /** @description The carrier's reference */
                            providerMessageRef?: string;
                            /** @enum {unknown} */
                            type: "message.queued" | "message.sent" | "message.delivery" | "message.failed" | "message.inbound";
                            status: string;
                            error?: {
                                /** @description See docs/errors.md */
                                code: string;
                                message: string;
                                details: {
                                    [key: string]: unknown;
                                };
                            };
                            /**
                             * @description Of an automatic reply; absent or null: you sent it
                             * @enum {unknown}
                             */
                            purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                            text?: string;
                            media?: {
                                storageKey: string;
                                mimeType: string;
                                byteLength: number;
                                sourceUrl?: string;
                                fileName?: string;
                            }[];
                            /**
                             * @description Normalised, when the whole text is a keyword (docs/opt-outs.md); absent or null otherwise
                             * @example STOP
                             */
                            keyword?: string;
                            /**
                             * @description Meaning of `keyword`
                             * @enum {unknown}
                             */
                            optOutType?: "STOP" | "START" | "HELP";
                        }[];
                        /** @description Always there, also at the present end */
                        nextCursor: string;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description Where events go */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveryUrl: string | null;
                        inboundUrl: string | null;
                        /** @description What is known of each URL that was tried, those of numbers too */
                        endpoints: {
                            url: string;
                            succeededAt: string | null;
                            failingSince: string | null;
                            /** @description Since then; nothing has succeeded in between */
                            failures: number;
                            disabledAt: string | null;
                            disabledBecause: string | null;
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    deliveryUrl?: string | null;
                    inboundUrl?: string | null;
                };
            };
        };
        responses: {
            /** @description Where events go */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveryUrl: string | null;
                        inboundUrl: string | null;
                        /** @description What is known of each URL that was tried, those of numbers too */
                        endpoints: {
                            url: string;
                            succeededAt: string | null;
                            failingSince: string | null;
                            /** @description Since then; nothing has succeeded in between */
                            failures: number;
                            disabledAt: string | null;
                            disabledBecause: string | null;
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    /** @example https://example.com/hooks/redcloud */
                    url: string;
                };
            };
        };
        responses: {
            /** @description Where events go */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveryUrl: string | null;
                        inboundUrl: string | null;
                        /** @description What is known of each URL that was tried, those of numbers too */
                        endpoints: {
                            url: string;
                            succeededAt: string | null;
                            failingSince: string | null;
                            /** @description Since then; nothing has succeeded in between */
                            failures: number;
                            disabledAt: string | null;
                            disabledBecause: string | null;
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1–255 printable ASCII characters. Repeated under it within a day, the request does nothing more and has the same answer, secrets included, with `Idempotent-Replayed: true`; with anything else in it 409.
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
                "application/json": {
                    /** @description For which the old secret signs beside the new one; default a day. 0: it signs nothing any more, and an overlap that runs ends; for a secret that has leaked */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description The new secret, which is shown only here, and to the same request under the same `Idempotency-Key` */
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
                    "application/json": {
                        webhookSecret: string;
                        oldSecretValidUntil: string | null;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "PENDING" | "DELIVERED" | "FAILED" | "UNSENT";
                /** @description 1 to 500; 100 unless told otherwise */
                limit?: number;
                /** @description `nextCursor` of the page before */
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
                        deliveries: {
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
                             * @description FAILED: given up, until it is replayed. UNSENT: there was nowhere to send it, or its endpoint was disabled.
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
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description It is on its way */
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                        replays: {
                            replayId: string;
                            /** @enum {unknown} */
                            which: "FAILED" | "MISSING";
                            /**
                             * Format: date-time
                             * @example 2026-11-23T12:00:00.000Z
                             */
                            since: string;
                            /**
                             * @description DONE: all of them are on their way; see the deliveries for how they fare
                             * @enum {unknown}
                             */
                            status: "RUNNING" | "DONE" | "CANCELLED";
                            /** @description Events looked at so far */
                            examined: number;
                            /** @description Of those, the ones that are sent again */
                            replayed: number;
                            /**
                             * Format: date-time
                             * @example 2026-11-23T12:00:00.000Z
                             */
                            createdAt: string;
                            finishedAt: string | null;
                        }[];
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description It has begun */
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
                         * @description DONE: all of them are on their way; see the deliveries for how they fare
                         * @enum {unknown}
                         */
                        status: "RUNNING" | "DONE" | "CANCELLED";
                        /** @description Events looked at so far */
                        examined: number;
                        /** @description Of those, the ones that are sent again */
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                         * @description DONE: all of them are on their way; see the deliveries for how they fare
                         * @enum {unknown}
                         */
                        status: "RUNNING" | "DONE" | "CANCELLED";
                        /** @description Events looked at so far */
                        examined: number;
                        /** @description Of those, the ones that are sent again */
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                         * @description DONE: all of them are on their way; see the deliveries for how they fare
                         * @enum {unknown}
                         */
                        status: "RUNNING" | "DONE" | "CANCELLED";
                        /** @description Events looked at so far */
                        examined: number;
                        /** @description Of those, the ones that are sent again */
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
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    listOptOuts: {
        parameters: {
            query?: {
                /** @description Only of this number, which must be yours */
                numberId?: string;
                /**
                 * @description In E.164, with its plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of your numbers' countries, or refused with 400.
                 * @example +15551230000
                 */
                recipient?: string;
                /** @description 1 to 500; 100 unless told otherwise */
                limit?: number;
                /** @description `nextCursor` of the page before */
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
                        optOuts: {
                            numberId: string;
                            recipient: string;
                            /**
                             * @description Who said so: the handset by a keyword, or you
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
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    /** @description Where you have it from */
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
                    "application/json": {
                        numberId: string;
                        recipient: string;
                        /**
                         * @description Who said so: the handset by a keyword, or you
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
                    "application/json": {
                        numberId: string;
                        recipient: string;
                        /**
                         * @description Who said so: the handset by a keyword, or you
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
            /** @description Lifted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    listOptOutChanges: {
        parameters: {
            query?: {
                /** @description Only of this number, which must be yours */
                numberId?: string;
                /**
                 * @description In E.164, with its plus escaped as `%2B`. Another spelling, such as `(555) 123-0000`, is read by the rules of your numbers' countries, or refused with 400.
                 * @example +15551230000
                 */
                recipient?: string;
                /** @description 1 to 500; 100 unless told otherwise */
                limit?: number;
                /** @description `nextCursor` of the page before */
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
                        changes: {
                            numberId: string;
                            recipient: string;
                            /** @enum {unknown} */
                            change: "OPTED_OUT" | "OPTED_IN";
                            /**
                             * @description Who said so: the handset by a keyword, or you
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
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    "application/json": {
                        /** @description Your own text; null: the default; false: no reply is sent */
                        optOut: string | false | null;
                        /** @description Your own text; null: the default; false: no reply is sent */
                        optIn: string | false | null;
                        /** @description Your own text; null: the default; false: no reply is sent */
                        help: string | false | null;
                        defaults: {
                            optOut: string;
                            optIn: string;
                            help: string;
                        };
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                    /** @description Your own text; null: the default; false: no reply is sent */
                    optOut?: string | false | null;
                    /** @description Your own text; null: the default; false: no reply is sent */
                    optIn?: string | false | null;
                    /** @description Your own text; null: the default; false: no reply is sent */
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
                    "application/json": {
                        /** @description Your own text; null: the default; false: no reply is sent */
                        optOut: string | false | null;
                        /** @description Your own text; null: the default; false: no reply is sent */
                        optIn: string | false | null;
                        /** @description Your own text; null: the default; false: no reply is sent */
                        help: string | false | null;
                        defaults: {
                            optOut: string;
                            optIn: string;
                            help: string;
                        };
                    };
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
            /** @description The request was refused, and nothing was done. */
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
                    "application/json": {
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
                };
            };
        };
    };
    "on.queued": {
        parameters: {
            query?: never;
            header: {
                /** @description Unix seconds of this attempt */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret */
                "X-RedCloud-Signature": string;
                /** @description The event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Unix seconds of this attempt (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a space between */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The same for every attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Orders a message's events */
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
                    /** @description The carrier's reference */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.queued";
                    /** @constant */
                    status: "QUEUED";
                    /**
                     * @description Of an automatic reply; absent or null: you sent it
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later */
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
                /** @description Unix seconds of this attempt */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret */
                "X-RedCloud-Signature": string;
                /** @description The event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Unix seconds of this attempt (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a space between */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The same for every attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Orders a message's events */
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
                    /** @description The carrier's reference */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.sent";
                    /** @constant */
                    status: "SENT";
                    /**
                     * @description Of an automatic reply; absent or null: you sent it
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later */
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
                /** @description Unix seconds of this attempt */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret */
                "X-RedCloud-Signature": string;
                /** @description The event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Unix seconds of this attempt (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a space between */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The same for every attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Orders a message's events */
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
                    /** @description The carrier's reference */
                    providerMessageRef?: string;
                    /** @constant */
                    type: "message.delivery";
                    /** @constant */
                    status: "DELIVERED";
                    /**
                     * @description Of an automatic reply; absent or null: you sent it
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later */
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
                /** @description Unix seconds of this attempt */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret */
                "X-RedCloud-Signature": string;
                /** @description The event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Unix seconds of this attempt (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a space between */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The same for every attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Orders a message's events */
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
                    /** @description The carrier's reference */
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
                     * @description Of an automatic reply; absent or null: you sent it
                     * @enum {unknown}
                     */
                    purpose?: "OPT_OUT_REPLY" | "OPT_IN_REPLY" | "HELP_REPLY";
                };
            };
        };
        responses: {
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later */
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
                /** @description Unix seconds of this attempt */
                "X-RedCloud-Timestamp": string;
                /** @description Lower-case hex of HMAC-SHA256 over timestamp, a full stop and the raw body, keyed with the whole secret */
                "X-RedCloud-Signature": string;
                /** @description The event id (Standard Webhooks) */
                "webhook-id": string;
                /** @description Unix seconds of this attempt (Standard Webhooks) */
                "webhook-timestamp": string;
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`). While a secret is rotated, two with a space between */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The same for every attempt */
                    eventId: string;
                    /**
                     * Format: date-time
                     * @example 2026-11-23T12:00:00.000Z
                     */
                    occurredAt: string;
                    /** @description Orders a message's events */
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
                    /** @description The carrier's reference */
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
                     * @description Normalised, when the whole text is a keyword (docs/opt-outs.md); absent or null otherwise
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
            /** @description Taken */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
