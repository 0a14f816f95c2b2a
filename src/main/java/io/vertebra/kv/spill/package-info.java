/**
 * Values in files, so that they do not take heap: segments that are only appended to, read by
 * position, and deleted when nothing in them is needed any more. Each value is checked when it is
 * read.
 *
 * <p>Guaranteed: what is read is what was written, or it fails. A segment of which less than half
 * is needed is rewritten, step by step, so that the files take little more than twice what is
 * needed and some segments.
 *
 * <p>Not guaranteed: that anything is there after a restart. The files are never synced, and are
 * removed at the start; their owner makes them anew from what it keeps elsewhere.
 */
@NullMarked
package io.vertebra.kv.spill;

import org.jspecify.annotations.NullMarked;
