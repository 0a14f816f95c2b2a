/**
 * Passwords: what may be one, and what is kept of it.
 *
 * <p>Guaranteed: of a password nothing is kept but its Argon2id hash with a salt of its own; hashes
 * are computed by a bounded number of threads with a bounded queue, and whoever finds that full is
 * told so at once; a password that is compared takes as long whether it is right or not.
 *
 * <p>Not guaranteed: that a password is not in some list of stolen ones, for only the most common
 * ones are known here.
 *
 * <p>Start at {@link PasswordRules} and {@link PasswordService}.
 */
@NullMarked
package io.vertebra.auth.password;

import org.jspecify.annotations.NullMarked;
