@NullMarked
package io.gatehouse.job;

import org.jspecify.annotations.NullMarked;
