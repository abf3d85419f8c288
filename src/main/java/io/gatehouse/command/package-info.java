/** What the launcher's commands do besides serving. */
@NullMarked
package io.gatehouse.command;

import org.jspecify.annotations.NullMarked;
