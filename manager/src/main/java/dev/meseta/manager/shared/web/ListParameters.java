package dev.meseta.manager.shared.web;

import dev.meseta.manager.shared.query.ListRequest;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;

/** The parameters that every list of the API takes. */
@ParameterObject
public record ListParameters(
        @Nullable String q,
        @Nullable String sort,
        @Nullable Integer limit,
        @Nullable String cursor) {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    public ListRequest request() {
        return ListRequest.of(q, sort, limit, cursor);
    }
}
