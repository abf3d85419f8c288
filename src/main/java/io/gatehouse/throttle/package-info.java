/** Rate limits: windows of requests and slots of failed sign-ins, in Redis or, while it is away, in this process. */
@NullMarked
package io.gatehouse.throttle;

import org.jspecify.annotations.NullMarked;
