package io.parley.common.edge;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets nobody reach a controller's method without the scope that it asks for. */
final class ScopeInterceptor implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      if (!(request.getAttribute(AccessFilter.CALLER) instanceof Caller caller)) {
        throw new ProblemException(CommonProblem.UNAUTHENTICATED);
      }
      caller.require(required(method).value());
    }
    return true;
  }

  /** Forgotten on a new method, it is a bug that its first call shows. */
  private static RequiresScope required(HandlerMethod method) {
    RequiresScope required = method.getMethodAnnotation(RequiresScope.class);
    if (required == null) {
      required =
          AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiresScope.class);
    }
    if (required == null) {
      throw new IllegalStateException(method + " has no @RequiresScope");
    }
    return required;
  }
}
