// Shows the description that the address names, ?api=jobs unless it does.
'use strict';

const links = [...document.querySelectorAll('nav a')];
const asked = new URLSearchParams(location.search).get('api');
const current = links.find((a) => a.search === `?api=${asked}`) ?? links[0];
const name = new URLSearchParams(current.search).get('api');
current.setAttribute('aria-current', 'page');

const file = document.getElementById('file');
file.href = `openapi/${name}.yaml`;
file.textContent = `${name}.yaml`;

SwaggerUIBundle({
  url: file.href,
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  presets: [SwaggerUIBundle.presets.apis],
  // The validator would be asked over the Internet.
  validatorUrl: null,
});
