/**
 * Sessions kept by Vertebra for the {@code SessionHandler} of {@code io.vertx:vertx-web}, which the
 * application brings along: {@link VertebraSessions#store}.
 *
 * <p>Guaranteed: what a request changed is merged attribute by attribute, so two requests at the
 * same time lose nothing of each other and none fails because of the other; a value that was
 * changed in place counts as changed; {@code regenerateId} moves the session in one step, with what
 * others did meanwhile; a request that changed nothing writes nothing; a session that was ended is
 * not brought back by a request that was under way.
 *
 * <p>Not guaranteed: that what a request changed is kept before its answer is sent. The handler
 * saves while the answer goes out; who needs it before waits for {@code SessionHandler.flush}. For
 * the same reason a session that is not found is looked for again for a short time.
 */
@NullMarked
package io.vertebra.session.client;

import org.jspecify.annotations.NullMarked;
