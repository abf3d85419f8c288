/**
 * Calls to other servers over HTTP: named clients, bounded in time, size and number, which reach public addresses only
 * unless told otherwise. A tool; knows no feature.
 */
@NullMarked
package io.gatehouse.outgoing;

import org.jspecify.annotations.NullMarked;
