package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.DangerousBody;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.OpenWhileEnrolling;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.StepUp;
import dev.meseta.manager.identity.StepUpCondition;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.request.RequestAttributes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Lets a dangerous request pass only when a factor was shown lately, or with a token made for it; and nothing but enrolling when a
 * second factor must be enrolled first. What is dangerous for its body alone is found when the body has been read.
 */
@ControllerAdvice
class StepUpInterceptor extends RequestBodyAdviceAdapter implements HandlerInterceptor {

    private final StepUp stepUp;
    private final List<StepUpCondition> conditions;

    /** @param conditions of verbs that are dangerous for some objects only */
    StepUpInterceptor(StepUp stepUp, List<StepUpCondition> conditions) {
        this.stepUp = stepUp;
        this.conditions = List.copyOf(conditions);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method) || method.hasMethodAnnotation(OpenToAnyone.class)) {
            return true;
        }
        Optional<SignIn> signIn = SignInOf.current();
        if (signIn.isPresent()
                && signIn.get().mustEnrol()
                && !method.hasMethodAnnotation(OpenWhileEnrolling.class)
                && !method.getBeanType().isAnnotationPresent(OpenWhileEnrolling.class)) {
            throw new MesetaException(
                    ErrorCode.MFA_ENROLMENT_REQUIRED, "You must enrol a second factor before anything else.");
        }
        RequiresStepUp declared = method.getMethodAnnotation(RequiresStepUp.class);
        if (declared != null && isDangerous(declared, request)) {
            require(request, declared.value());
        }
        return true;
    }

    private boolean isDangerous(RequiresStepUp declared, HttpServletRequest request) {
        if (declared.when() == StepUpCondition.class) {
            return true;
        }
        StepUpCondition condition = conditions.stream()
                .filter(declared.when()::isInstance)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(declared.when() + " is no bean"));
        return objectId(request).map(condition::isDangerous).orElse(false);
    }

    /** Empty: the path names nothing, or nothing that can be there, which the handler refuses. */
    private static Optional<UUID> objectId(HttpServletRequest request) {
        if (!(request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables)
                || !(variables.get("id") instanceof String id)) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean supports(
            MethodParameter methodParameter, Type targetType, Class<? extends HttpMessageConverter<?>> converterType) {
        return DangerousBody.class.isAssignableFrom(methodParameter.getParameterType());
    }

    @Override
    public Object afterBodyRead(
            Object body,
            HttpInputMessage inputMessage,
            MethodParameter parameter,
            Type targetType,
            Class<? extends HttpMessageConverter<?>> converterType) {
        DangerousVerb danger = body instanceof DangerousBody dangerous ? dangerous.danger() : null;
        if (danger != null
                && RequestContextHolder.currentRequestAttributes() instanceof ServletRequestAttributes attributes) {
            require(attributes.getRequest(), danger);
        }
        return body;
    }

    private void require(HttpServletRequest request, DangerousVerb verb) {
        if ("true".equals(request.getParameter("dryRun"))) {
            return;
        }
        Optional<SignIn> signIn = SignInOf.current();
        Optional<String> token = SignInSecrets.token(request);
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (signIn.isPresent()) {
            stepUp.require(signIn.get(), verb);
        } else if (authentication != null && authentication.getDetails() instanceof ProviderTokens.Shown shown) {
            stepUp.requireOfProviderToken(shown.secondProvedAt(), verb);
        } else if (token.isPresent()) {
            stepUp.requireOfToken(token.get(), verb);
            RequestAttributes.addDetail(request, "preAuthorised", verb.name());
        } else {
            throw new MesetaException(ErrorCode.UNAUTHENTICATED, "Sign in first.");
        }
    }
}
