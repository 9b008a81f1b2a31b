import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, pathTo, when } from './html.ts'

describe('HTML', () => {
  it('escapes what is put into it, and not what is HTML already', () => {
    const name = '<script>alert("x")</script>'
    expect(String(html`<p title="${name}">${html`<b>${name}</b>`}</p>`)).toBe(
      '<p title="&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;"><b>&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;</b></p>',
    )
  })

  it('joins lists, and leaves out what is not there', () => {
    expect(String(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${undefined}${null}${false}${0}</ul>`)).toBe(
      '<ul><li>1</li><li>2</li>0</ul>',
    )
    expect(String(html`<input${when(true, 'checked')}${when(undefined, 'disabled')}>`)).toBe('<input checked>')
  })

  it('shows marks that turn the text round, and characters that nobody sees', () => {
    expect(String(html`${'a\u202eb\u0000c\u2066\td\n'}`)).toBe('a\ufffdb\ufffdc\ufffd\td\n')
  })

  it('never lets text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = String(html`<p title="${text}">${text}</p>`)
        expect(written.match(/[<>]/g)).toHaveLength(4)
        expect(written.match(/"/g)).toHaveLength(2)
        expect(written.isWellFormed()).toBe(true)
      }),
    )
  })

  it('makes one segment of each part of a path', () => {
    expect(pathTo('heartbeats', 'pump-17/battery')).toBe('/heartbeats/pump-17%2Fbattery')
  })
})
