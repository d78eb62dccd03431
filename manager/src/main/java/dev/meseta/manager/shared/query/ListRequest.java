package dev.meseta.manager.shared.query;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked of a list.
 *
 * @param q words of the search language, or empty
 * @param sort a field, descending with a leading minus; empty: the list's own order
 * @param limit rows of a page
 * @param cursor where the page before ended; empty: from the beginning
 */
public record ListRequest(String q, String sort, int limit, String cursor) {

    public static final int DEFAULT_LIMIT = 50;
    public static final int MAX_LIMIT = 500;
    private static final int MAX_QUERY_CHARACTERS = 1000;

    /**
     * From the parameters of a request; null is absent.
     *
     * @throws MesetaException MALFORMED_REQUEST
     */
    public static ListRequest of(
            @Nullable String q, @Nullable String sort, @Nullable Integer limit, @Nullable String cursor) {
        int rows = limit == null ? DEFAULT_LIMIT : limit;
        if (rows < 1 || rows > MAX_LIMIT) {
            throw malformed("limit", "The limit is %d; it must be between 1 and %d.".formatted(rows, MAX_LIMIT));
        }
        String query = q == null ? "" : q.strip();
        if (query.length() > MAX_QUERY_CHARACTERS) {
            throw malformed("q", "The search is longer than %d characters.".formatted(MAX_QUERY_CHARACTERS));
        }
        return new ListRequest(query, sort == null ? "" : sort, rows, cursor == null ? "" : cursor);
    }

    static MesetaException malformed(String parameter, String message) {
        return new MesetaException(
                ErrorCode.MALFORMED_REQUEST, message, List.of(new FieldError(parameter, message)), null);
    }
}
