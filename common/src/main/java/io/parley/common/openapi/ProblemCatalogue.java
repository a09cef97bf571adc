package io.parley.common.openapi;

import io.parley.common.problems.ProblemType;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

/** Every problem that the classes of this process know, by its slug. */
final class ProblemCatalogue {

  private final Map<String, ProblemType> types = new TreeMap<>();

  /** Finds them on the class path: enums that implement {@link ProblemType}. */
  ProblemCatalogue() {
    ClassPathScanningCandidateComponentProvider scan =
        new ClassPathScanningCandidateComponentProvider(false);
    scan.addIncludeFilter(new AssignableTypeFilter(ProblemType.class));
    Set<BeanDefinition> found = scan.findCandidateComponents("io.parley");
    for (BeanDefinition one : found) {
      Class<?> type = ClassUtils.resolveClassName(String.valueOf(one.getBeanClassName()), loader());
      Object[] constants = type.getEnumConstants();
      if (constants != null) {
        for (Object constant : constants) {
          ProblemType problem = (ProblemType) constant;
          types.put(problem.slug(), problem);
        }
      }
    }
  }

  private static ClassLoader loader() {
    return ProblemCatalogue.class.getClassLoader();
  }

  /**
   * @throws IllegalStateException when no enum has this slug: {@code @Refuses} has it wrong
   */
  ProblemType get(String slug, Object where) {
    ProblemType type = types.get(slug);
    if (type == null) {
      throw new IllegalStateException("no problem has the slug " + slug + ", named at " + where);
    }
    return type;
  }
}
