/**
 * Reads options: the defaults in the records, under a YAML file, under the environment, under
 * settings of the command line.
 *
 * <p>Guaranteed: an option nobody knows stops the load, wherever it comes from; all problems are
 * told at once, each with its path and its source; a secret is never printed. Not guaranteed: that
 * maps and lists merge. The uppermost source that names one replaces it as a whole.
 *
 * <p>Every variable that begins with {@code VERTEBRA_} is taken for an option. An orchestrator that
 * adds variables of its own, such as service links named after a service {@code vertebra}, has to
 * be told not to.
 *
 * <p>Start at {@link io.vertebra.options.OptionsLoader}.
 */
@NullMarked
package io.vertebra.options;

import org.jspecify.annotations.NullMarked;
