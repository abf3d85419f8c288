/** What tests share: the real stores, a running service, a client, a clock, the log. */
@NullMarked
package io.gatehouse.support;

import org.jspecify.annotations.NullMarked;
