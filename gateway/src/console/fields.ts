// The parts of a form: a label, what is typed or chosen, what is wrong with it, and a word on what it means.
import { type Html, html, when } from './html.ts'

export type Field = {
  /** Name and id. */
  readonly name: string
  readonly label: string
  readonly value: string
  readonly flaw?: string | undefined
  readonly small?: Html | string | undefined
  readonly placeholder?: string | undefined
  readonly isCode?: boolean
  readonly isHidden?: boolean
  readonly isRequired?: boolean
  /** Id of a `datalist`. */
  readonly list?: string
}

export function textField(field: Field): Html {
  const { name, value, placeholder, isCode, isRequired, list } = field
  return labelled(
    field,
    html`<input type="text" id="${name}" name="${name}" value="${value}"${isCode && html` class="code"`}${placeholder !== undefined && html` placeholder="${placeholder}"`}${list !== undefined && html` list="${list}"`} autocomplete="off" spellcheck="false"${when(isRequired, 'required')}${marks(field)}>`,
  )
}

export type Choice = Field & { readonly options: readonly (readonly [value: string, text: string])[] }

export function choiceField(field: Choice): Html {
  const { name, value, options } = field
  return labelled(
    field,
    html`<select id="${name}" name="${name}"${marks(field)}>${options.map(
      ([each, text]) => html`<option value="${each}"${when(each === value, 'selected')}>${text}</option>`,
    )}</select>`,
  )
}

/** Two beside each other. */
export function pair(one: Html, other: Html): Html {
  return html`<div class="pair">${one}${other}</div>`
}

function labelled({ name, label, flaw, small, isHidden }: Field, control: Html): Html {
  return html`<div><label for="${name}"${isHidden && html` class="sr"`}>${label}</label>${control}${
    flaw !== undefined && html`<strong class="flaw" id="${name}-flaw">${flaw}</strong>`
  }${small !== undefined && html`<small id="${name}-small">${small}</small>`}</div>`
}

/** Read out with the control. */
function marks({ name, flaw, small }: Field): Html {
  const ids = [flaw !== undefined && `${name}-flaw`, small !== undefined && `${name}-small`].filter(
    (id) => id !== false,
  )
  return html`${flaw !== undefined && html` aria-invalid="true"`}${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}`
}
