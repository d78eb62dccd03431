package dev.meseta.manager.web.security;

import dev.meseta.manager.shared.web.SignInSecrets;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/** The cookie that a signed-in browser shows. */
final class SessionCookie {

    private SessionCookie() {}

    static void set(HttpServletResponse response, String secret) {
        response.addHeader(HttpHeaders.SET_COOKIE, of(secret).build().toString());
    }

    static void remove(HttpServletResponse response) {
        response.addHeader(HttpHeaders.SET_COOKIE, of("").maxAge(0).build().toString());
    }

    /** Gone when the browser is closed. */
    private static ResponseCookie.ResponseCookieBuilder of(String secret) {
        return ResponseCookie.from(SignInSecrets.SESSION_COOKIE, secret)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Strict");
    }
}
