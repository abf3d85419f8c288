@NullMarked
package io.gatehouse.user;

import org.jspecify.annotations.NullMarked;
