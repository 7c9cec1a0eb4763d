import { type Html, html } from '../../html.ts'
import type { KeptAd } from '../../offers/ads.ts'
import type { RefusedForm } from '../../offers/refused-form.ts'
import type { Texts } from '../../texts.ts'
import { field } from './form-field.ts'
import { refusal } from './refusal.ts'

/** The ads there are; who may change them gets a form for each, and one for a new one. */
export function adsSection(texts: Texts, ads: KeptAd[], mayChange: boolean, refused?: RefusedForm): Html {
  const newForm = mayChange ? adForm(texts, texts.newAd, '/analytics/ads', { refused }) : ''
  const rows = ads.map((ad) => row(texts, ad, mayChange, refused))
  return html`<section class="panel kept" aria-labelledby="ads">
<h2 id="ads">${texts.adsTitle}</h2>
${ads.length === 0 ? html`<p class="quiet">${texts.noAds}</p>` : html`<ul class="plain-list">${rows}</ul>`}
${newForm}
</section>`
}

const row = (texts: Texts, ad: KeptAd, mayChange: boolean, refused?: RefusedForm): Html => html`<li>
<strong>${ad.name}</strong> <span class="tag ${ad.isActive ? 'on' : ''}">${ad.isActive ? texts.shown : texts.paused}</span>
<span class="quiet">${texts.adFields.weight}: ${ad.weight}</span>
<p>${ad.message} <span class="tag">${ad.buttonText}</span></p>
${mayChange ? adForm(texts, texts.editAd(ad.name), `/analytics/ads/${ad.id}`, { ad, refused }) : ''}
</li>`

interface Filled {
  ad?: KeptAd
  /** Maybe of another form. */
  refused: RefusedForm | undefined
}

function adForm(texts: Texts, summary: string, action: string, { ad, refused: any }: Filled): Html {
  const titles: Record<string, string> = texts.adFields
  const { name, message, buttonText, buttonUrl, weight, isActive } = texts.adFields
  const refused = any?.action === action ? any : undefined
  const isTicked = refused ? refused.typed('isActive') === 'on' : (ad?.isActive ?? true)
  return html`<details${refused ? html` open` : ''}><summary>${summary}</summary>
<form method="post" action="${action}" class="fields">
${refused ? refusal(texts, refused, (wrong) => titles[wrong] ?? wrong) : ''}
${field({ name: 'name', title: name, value: ad?.name ?? '', max: 100, refused })}
${field({ name: 'message', title: message, value: ad?.message ?? '', type: 'area', refused })}
${field({ name: 'buttonText', title: buttonText, value: ad?.buttonText ?? '', max: 64, refused })}
${field({ name: 'buttonUrl', title: buttonUrl, value: ad?.buttonUrl ?? '', type: 'url', max: 2000, refused })}
${field({ name: 'weight', title: weight, value: ad?.weight ?? 1, type: 'number', max: 10_000, refused })}
<label class="tick"><input type="checkbox" name="isActive"${isTicked ? html` checked` : ''}> ${isActive}</label>
<button>${texts.save}</button>
</form></details>`
}
