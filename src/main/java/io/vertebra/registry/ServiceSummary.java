package io.vertebra.registry;

import java.util.List;

/**
 * A service in short.
 *
 * @param tags of any instance, in order
 * @param instances how many there are
 * @param passing how many of them pass all checks
 */
public record ServiceSummary(String name, List<String> tags, int instances, int passing) {}
