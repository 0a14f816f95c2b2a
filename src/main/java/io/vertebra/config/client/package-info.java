/**
 * Configuration kept by Vertebra as a store of {@code io.vertx:vertx-config}, which the application
 * brings along.
 *
 * <p>Guaranteed: what was read last is given while no node answers; a change is fetched as soon as
 * it is released, so that the retriever's next scan, however often that is, costs no request.
 *
 * <p>Not guaranteed: the retriever notices a change at its next scan, not before.
 */
@NullMarked
package io.vertebra.config.client;

import org.jspecify.annotations.NullMarked;
