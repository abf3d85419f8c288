@NullMarked
package io.gatehouse.admission;

import org.jspecify.annotations.NullMarked;
