package io.vertebra.registry;

/** What a probe found. */
record Finding(CheckStatus status, String output) {}
