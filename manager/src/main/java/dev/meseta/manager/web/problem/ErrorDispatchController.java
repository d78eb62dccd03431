package dev.meseta.manager.web.problem;

import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.shared.ErrorCode;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what the servlet container refuses or fails at before a controller is reached. */
@Hidden
@RestController
class ErrorDispatchController implements ErrorController {

    private final ProblemWriter problems;

    ErrorDispatchController(ProblemWriter problems) {
        this.problems = problems;
    }

    @OpenToAnyone
    @RequestMapping("/error")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        switch (status) {
            case 404 -> problems.write(request, response, ErrorCode.NOT_FOUND, "There is nothing here.", List.of());
            case 405 ->
                problems.write(
                        request,
                        response,
                        ErrorCode.METHOD_NOT_ALLOWED,
                        "This method is not possible here.",
                        List.of());
            case 413 ->
                problems.write(request, response, ErrorCode.REQUEST_TOO_LARGE, "The request is too large.", List.of());
            default -> {
                if (status < 500) {
                    problems.write(
                            request,
                            response,
                            ErrorCode.MALFORMED_REQUEST,
                            "The request cannot be understood.",
                            List.of());
                } else {
                    problems.write(
                            request,
                            response,
                            ErrorCode.INTERNAL,
                            "Something went wrong inside the manager. Its log has the reason under this correlation id.",
                            List.of());
                }
            }
        }
    }
}
