/** From bytes to {@code Call}, from {@code Reply} to bytes; problems, JSON, request log. Knows no feature. */
@NullMarked
package io.gatehouse.http;

import org.jspecify.annotations.NullMarked;
