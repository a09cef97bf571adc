package io.parley.common.edge;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets no service reach a method that is not there for it. */
final class CallerInterceptor implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      if (!(request.getAttribute(AccessFilter.SERVICE) instanceof FleetService service)) {
        throw new ProblemException(CommonProblem.UNAUTHENTICATED);
      }
      if (!Arrays.asList(callers(method).value()).contains(service)) {
        throw new ProblemException(
            CommonProblem.FORBIDDEN, service.value() + " has no business here");
      }
    }
    return true;
  }

  /** Forgotten on a new method, it is a bug that its first call shows. */
  private static CalledBy callers(HandlerMethod method) {
    CalledBy callers = method.getMethodAnnotation(CalledBy.class);
    if (callers == null) {
      callers = AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), CalledBy.class);
    }
    if (callers == null) {
      throw new IllegalStateException(method + " has no @CalledBy");
    }
    return callers;
  }
}
