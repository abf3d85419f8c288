/** What clients may know of the service's keys. */
@NullMarked
package io.gatehouse.keys;

import org.jspecify.annotations.NullMarked;
