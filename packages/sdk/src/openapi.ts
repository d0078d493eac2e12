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
         * @description OAuth 2 client_credentials. The client authenticates by HTTP Basic, or by `client_id` and `client_secret` in the body.
         */
        post: operations["issueToken"];
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
         * @description Safe to repeat: the same Idempotency-Key with the same payload gives the stored answer again, byte for byte, with `Idempotent-Replayed: true`; with a different payload 409. Keys are kept for 7 days unless the operator set another period. A refused request (4xx, 5xx) stores nothing and leaves its key free.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
                     *         "numbers:update"
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
                        /** @enum {string} */
                        apiClientStatus: "ACTIVE";
                        capabilities: string[];
                        assignedNumbers: {
                            total: number;
                            smsEnabledCount: number;
                            mmsEnabledCount: number;
                        };
                        inboundWebhookConfigured: boolean;
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
                    /** @description Replace typographic look-alikes (“ ” – …) when the text then fits GSM-7 */
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
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`) */
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
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`) */
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
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`) */
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
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`) */
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
                        code: string;
                        message: string;
                        details: {
                            [key: string]: unknown;
                        };
                    };
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
                /** @description `v1,` + base64 (Standard Webhooks; keyed with the decoded base64 after `whsec_`) */
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
