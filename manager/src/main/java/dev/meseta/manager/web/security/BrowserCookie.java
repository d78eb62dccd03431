package dev.meseta.manager.web.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/** Tells the browser that was sent to the identity provider from any other that comes with its answer. */
final class BrowserCookie {

    /** No other host and no plain HTTP can set one of this name. */
    private static final String NAME = "__Host-MESETA_BROWSER";

    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");

    private BrowserCookie() {}

    static Optional<String> of(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, NAME);
        return cookie != null && SECRET.matcher(cookie.getValue()).matches()
                ? Optional.of(cookie.getValue())
                : Optional.empty();
    }

    /** Gone when the browser is closed; good for all that it begins until then, in any number of windows. */
    static void set(HttpServletResponse response, String secret) {
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(NAME, secret)
                        .path("/")
                        .secure(true)
                        .httpOnly(true)
                        .sameSite("Strict")
                        .build()
                        .toString());
    }
}
