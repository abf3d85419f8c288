package io.gatehouse.http;

/** A route's work: a plain function from a request to a reply. Throws {@link Problem} for anything else. */
@FunctionalInterface
public interface Handler {

    Reply handle(Call call);
}
