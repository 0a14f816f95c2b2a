/** Definitions of upstreams: a placeholder until the balancer is merged. */
@NullMarked
package io.vertebra.balancer;

import org.jspecify.annotations.NullMarked;
