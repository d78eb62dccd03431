package dev.meseta.manager.web.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/** The cookie that a signed-in browser shows. */
public final class SessionCookie {

    static final String NAME = "MESETA_SESSION";

    private SessionCookie() {}

    /** The secret of the session that a request was made in; empty when it came with an API token, or with nothing. */
    public static Optional<String> secretOf(HttpServletRequest request) {
        if (BearerTokenFilter.hasBearerToken(request)) {
            return Optional.empty();
        }
        Cookie cookie = WebUtils.getCookie(request, NAME);
        return cookie == null || cookie.getValue().isEmpty() ? Optional.empty() : Optional.of(cookie.getValue());
    }

    static void set(HttpServletResponse response, String secret) {
        response.addHeader(HttpHeaders.SET_COOKIE, of(secret).build().toString());
    }

    static void remove(HttpServletResponse response) {
        response.addHeader(HttpHeaders.SET_COOKIE, of("").maxAge(0).build().toString());
    }

    /** Gone when the browser is closed. */
    private static ResponseCookie.ResponseCookieBuilder of(String secret) {
        return ResponseCookie.from(NAME, secret)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Strict");
    }
}
