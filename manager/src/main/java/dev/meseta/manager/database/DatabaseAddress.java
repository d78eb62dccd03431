package dev.meseta.manager.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a given database is. Name and password that stand in the URL are taken out of it, because URLs get into logs and
 * error messages.
 *
 * @param url without name and password
 * @see <a href="https://jdbc.postgresql.org/documentation/use/#connecting-to-the-database">URLs of pgJDBC</a>
 */
record DatabaseAddress(String url, String username, String password) {

    private static final String PREFIX = "jdbc:postgresql:";

    /**
     * @param username empty: the one in the URL
     * @param password empty: the one in the URL
     * @throws IllegalArgumentException when it is not a URL of PostgreSQL
     */
    static DatabaseAddress of(String url, String username, String password) {
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "meseta.database.url must begin with jdbc:postgresql: and name a PostgreSQL 15 or newer");
        }
        int question = url.indexOf('?');
        if (question < 0) {
            return new DatabaseAddress(url, username, password);
        }
        String user = username;
        String secret = password;
        List<String> kept = new ArrayList<>();
        for (String parameter : url.substring(question + 1).split("&", -1)) {
            if (parameter.startsWith("user=")) {
                user = user.isEmpty() ? value(parameter) : user;
            } else if (parameter.startsWith("password=")) {
                secret = secret.isEmpty() ? value(parameter) : secret;
            } else if (!parameter.isEmpty()) {
                kept.add(parameter);
            }
        }
        String bare = url.substring(0, question);
        return new DatabaseAddress(kept.isEmpty() ? bare : bare + "?" + String.join("&", kept), user, secret);
    }

    private static String value(String parameter) {
        return URLDecoder.decode(parameter.substring(parameter.indexOf('=') + 1), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return url;
    }
}
