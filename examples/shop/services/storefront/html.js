// HTML that is safe by default: whatever is put into the template is escaped, unless it is itself such a template.

class Markup {
  constructor (text) {
    this.text = text
  }

  toString () {
    return this.text
  }
}

export function html (strings, ...values) {
  return new Markup(String.raw({ raw: strings }, ...values.map(render)))
}

function render (value) {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
