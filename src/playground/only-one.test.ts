import { expect, test } from 'vitest'
import { onlyOneIn } from './only-one.ts'
import { testDir } from './testing/services.ts'

test('a folder is for one at a time', async () => {
  const [dir, other] = [await testDir(), await testDir()]
  const giveBack = await onlyOneIn(dir)
  await expect(onlyOneIn(dir)).rejects.toThrow(/runs already/)
  const giveOtherBack = await onlyOneIn(other)
  giveBack()
  const again = await onlyOneIn(dir)
  again()
  giveOtherBack()
})
