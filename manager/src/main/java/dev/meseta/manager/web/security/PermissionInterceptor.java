package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springdoc.webmvc.api.OpenApiResource;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets a request reach its handler method only with the permission the method declares, on some object at least: whether on
 * this one, the API of its module asks.
 */
final class PermissionInterceptor implements HandlerInterceptor {

    private final Access access;

    PermissionInterceptor(Access access) {
        this.access = access;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method) || method.hasMethodAnnotation(OpenToAnyone.class)) {
            return true;
        }
        Permission needed = neededFor(method);
        if (needed == null) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN, "This operation declares no permission and is therefore closed to everybody.");
        }
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null || !(authentication.getPrincipal() instanceof AuthenticatedUser user)) {
            throw new MesetaException(ErrorCode.UNAUTHENTICATED, "Sign in first.");
        }
        if (needed.isSystemWide()) {
            access.require(user, needed, ObjectRef.SYSTEM);
        } else if (!user.may(needed)) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN,
                    "You need the permission %s (%s) for this, at least on some object; ask for a role with it."
                            .formatted(needed, needed.sentence()));
        }
        return true;
    }

    static @Nullable Permission neededFor(HandlerMethod method) {
        if (OpenApiResource.class.isAssignableFrom(method.getBeanType())) {
            // A library's method, which we cannot annotate.
            return Permission.SESSION_OWN;
        }
        RequiresPermission declared = method.getMethodAnnotation(RequiresPermission.class);
        return declared == null ? null : declared.value();
    }
}
