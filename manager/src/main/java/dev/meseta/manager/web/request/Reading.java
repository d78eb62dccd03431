package dev.meseta.manager.web.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/** Which requests only look (the safe methods of RFC 9110, section 9.2.1) and therefore change nothing and carry no body. */
final class Reading {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private Reading() {}

    static boolean isAskedBy(HttpServletRequest request) {
        return METHODS.contains(request.getMethod());
    }
}
