/** Accounts: registration, sign-in, profile. */
@NullMarked
package io.gatehouse.user;

import org.jspecify.annotations.NullMarked;
