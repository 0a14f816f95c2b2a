package io.vertebra.auth;

/** What the operations are made of. */
record AuthParts(
    LoginService logins,
    SessionService sessions,
    UserService users,
    ApiKeyService apiKeys,
    RoleService roles,
    KeyService keys) {}
