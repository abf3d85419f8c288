package io.gatehouse.http;

/** A response body that is no JSON, sent as it is in UTF-8. */
record TextBody(String mediaType, String text) {}
