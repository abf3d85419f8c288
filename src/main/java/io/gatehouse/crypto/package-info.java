/** Password hashes and signatures. Knows no feature. */
@NullMarked
package io.gatehouse.crypto;

import org.jspecify.annotations.NullMarked;
