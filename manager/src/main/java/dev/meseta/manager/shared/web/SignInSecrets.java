package dev.meseta.manager.shared.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.WebUtils;

/** What a request brings to say who it comes from. Nothing here says whether that is true. */
public final class SignInSecrets {

    /** Name of the cookie that a signed-in browser shows. */
    public static final String SESSION_COOKIE = "MESETA_SESSION";

    private static final String SCHEME = "bearer ";

    private SignInSecrets() {}

    /** Of {@code Authorization: Bearer}. */
    public static Optional<String> token(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    /** The secret of the session that a request was made in; empty when it came with an API token, or with nothing. */
    public static Optional<String> session(HttpServletRequest request) {
        if (token(request).isPresent()) {
            return Optional.empty();
        }
        Cookie cookie = WebUtils.getCookie(request, SESSION_COOKIE);
        return cookie == null || cookie.getValue().isEmpty() ? Optional.empty() : Optional.of(cookie.getValue());
    }
}
