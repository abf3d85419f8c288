package io.gatehouse.session;

import io.gatehouse.http.Call;

/**
 * Where a sign-in came from, as far as the client says.
 *
 * @param address at most 64 characters
 * @param userAgent at most 256 characters
 */
public record Client(String address, String userAgent) {

    public Client {
        address = cut(address, 64);
        userAgent = cut(userAgent, 256);
    }

    public static Client of(Call call) {
        return new Client(call.clientAddress(), call.header("User-Agent").orElse(""));
    }

    /** Characters that PostgreSQL or a terminal would stumble over become question marks. */
    private static String cut(String text, int most) {
        String clean = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}]", "?");
        return clean.codePointCount(0, clean.length()) <= most
                ? clean
                : clean.substring(0, clean.offsetByCodePoints(0, most));
    }
}
