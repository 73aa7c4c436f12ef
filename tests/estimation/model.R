# An article's logistic model in R's survey, from the files of `make export`. Rscript model.R FOLDER OUT
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name), stringsAsFactors = FALSE)
data <- read("analysis.csv"); margins <- read("margins.csv")
data$sex <- relevel(factor(data$sex), "male")
data$age_group <- relevel(factor(data$age_group), "40_54")
data$position[data$position == ""] <- NA
data$position <- relevel(factor(data$position), "consultant")
data$ai_trained_yes <- factor(data$ai_trained_yes)
variables <- unique(margins$variable)
goals <- lapply(variables, function(v) {
  rows <- margins[margins$variable == v, ]
  goal <- data.frame(rows$level, Freq = rows$count); names(goal)[1] <- v; goal
})
design <- rake(svydesign(~1, strata = ~stratum, weights = ~start_weight, data = data),
               lapply(variables, function(v) as.formula(paste0("~", v))), goals,
               control = list(maxit = 1000, epsilon = 1e-12, verbose = FALSE))
# Those with an answer missing leave the model, not the design: the standard errors know of the raking of all.
whole <- complete.cases(data[, c("ai_use_yes", "sex", "age_group", "position", "ai_trained_yes")])
fit <- svyglm(ai_use_yes ~ sex + age_group + position + ai_trained_yes, design = subset(design, whole), family = quasibinomial,
              control = glm.control(epsilon = 1e-14, maxit = 100))
write.csv(data.frame(term = names(coef(fit)), estimate = as.numeric(coef(fit)), se = as.numeric(SE(fit))), arguments[2], row.names = FALSE)
