package dev.meseta.manager.web.problem;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;
import java.util.Locale;

/**
 * Body of every answer that is not a success.
 *
 * @param type names the kind of problem; the same for every occurrence
 * @param title the kind in words
 * @param detail what was wrong, with which value, and what to do
 * @param code stable; what programs branch on
 * @param correlationId to be found in the manager's and the agents' logs
 * @param factors what would do for STEP_UP_REQUIRED, one of them; empty otherwise
 * @param errors the bad fields of the request, if it is about fields
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        ErrorCode code,
        String correlationId,
        List<String> factors,
        List<FieldError> errors) {

    static Problem of(
            ErrorCode code, String detail, String correlationId, List<String> factors, List<FieldError> errors) {
        String words = code.name().replace('_', ' ').toLowerCase(Locale.ROOT);
        return new Problem(
                "urn:meseta:problem:" + code.name().replace('_', '-').toLowerCase(Locale.ROOT),
                Character.toUpperCase(words.charAt(0)) + words.substring(1),
                code.httpStatus(),
                detail,
                code,
                correlationId,
                factors,
                errors);
    }
}
