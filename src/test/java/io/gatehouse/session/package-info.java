@NullMarked
package io.gatehouse.session;

import org.jspecify.annotations.NullMarked;
