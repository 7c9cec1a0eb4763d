import { type Html, html } from '../../html.ts'
import type { KeptAd } from '../../offers/ads.ts'
import type { Texts } from '../../texts.ts'
import { field } from './form-field.ts'

/** The ads there are; who may change them gets a form for each, and one for a new one. */
export function adsSection(texts: Texts, ads: KeptAd[], mayChange: boolean): Html {
  return html`<section class="panel kept" aria-labelledby="ads">
<h2 id="ads">${texts.adsTitle}</h2>
${ads.length === 0 ? html`<p class="quiet">${texts.noAds}</p>` : html`<ul class="plain-list">${ads.map((ad) => row(texts, ad, mayChange))}</ul>`}
${mayChange ? html`<details><summary>${texts.newAd}</summary>${adForm(texts, '/analytics/ads')}</details>` : ''}
</section>`
}

const row = (texts: Texts, ad: KeptAd, mayChange: boolean): Html => html`<li>
<strong>${ad.name}</strong> <span class="tag ${ad.isActive ? 'on' : ''}">${ad.isActive ? texts.shown : texts.paused}</span>
<span class="quiet">${texts.adFields.weight}: ${ad.weight}</span>
<p>${ad.message} <span class="tag">${ad.buttonText}</span></p>
${mayChange ? html`<details><summary>${texts.editAd(ad.name)}</summary>${adForm(texts, `/analytics/ads/${ad.id}`, ad)}</details>` : ''}
</li>`

function adForm(texts: Texts, action: string, ad?: KeptAd): Html {
  const { adFields: titles } = texts
  return html`<form method="post" action="${action}" class="fields">
${field({ name: 'name', title: titles.name, value: ad?.name ?? '', max: 100 })}
${field({ name: 'message', title: titles.message, value: ad?.message ?? '', type: 'area' })}
${field({ name: 'buttonText', title: titles.buttonText, value: ad?.buttonText ?? '', max: 64 })}
${field({ name: 'buttonUrl', title: titles.buttonUrl, value: ad?.buttonUrl ?? '', type: 'url', max: 2000 })}
${field({ name: 'weight', title: titles.weight, value: ad?.weight ?? 1, type: 'number', max: 10_000 })}
<label class="tick"><input type="checkbox" name="isActive"${(ad?.isActive ?? true) ? html` checked` : ''}> ${titles.isActive}</label>
<button>${texts.save}</button>
</form>`
}
