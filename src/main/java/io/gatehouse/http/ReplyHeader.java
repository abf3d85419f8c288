package io.gatehouse.http;

/** One response header. */
public record ReplyHeader(String name, String value) {}
