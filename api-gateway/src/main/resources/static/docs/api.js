'use strict';

// Shows the OpenAPI documents that the services serve.
SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: ['user', 'group', 'message', 'notification'].map((name) => ({
    name: `${name}-service`,
    url: `/api/v1/openapi/${name}.json`,
  })),
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  // Would send what is written here to a server outside.
  validatorUrl: null,
  queryConfigEnabled: false,
});
