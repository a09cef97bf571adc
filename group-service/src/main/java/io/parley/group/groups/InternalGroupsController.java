package io.parley.group.groups;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Groups, for the other services. */
@RestController
class InternalGroupsController {

  private final Groups groups;

  InternalGroupsController(Groups groups) {
    this.groups = groups;
  }

  /** What a projection is rebuilt from when it has not seen the group, or has missed a version. */
  @GetMapping("/internal/groups/{id}")
  InternalGroupView get(@PathVariable GroupId id) {
    return InternalGroupView.of(groups.get(id));
  }
}
